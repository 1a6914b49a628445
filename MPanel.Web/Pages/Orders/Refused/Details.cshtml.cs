using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Jobs.Access;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Orders.Refused;

/// <summary>A paid order that was refused: what was sent, what is wrong with it, and the two ways out.</summary>
public sealed class DetailsModel(
    ListDatabase database,
    RefusedOrderActions actions,
    StripeDashboard stripe,
    IOptions<StripeOptions> options
) : PanelPage
{
    public RefusedOrder Refusal { get; private set; } = null!;
    public IReadOnlyList<FieldError> Faults { get; private set; } = [];
    public RefusedForm Form { get; private set; } = new();

    /// <summary>What was written about what is owed, when it was not kept.</summary>
    public string? Note { get; private set; }
    public string? NoteFault { get; private set; }

    public string? PaymentLink =>
        Refusal.Sent.PaymentIntentId is { } payment ? stripe.Payment(payment, options.Value.ExpectedLiveMode) : null;

    public bool IsOpen => Refusal.Status == RefusedOrderState.Open;

    /// <summary>What is wrong with a field now; null when nothing is.</summary>
    public string? Fault(string path) => Faults.FirstOrDefault(f => f.Path.Equals(path, StringComparison.OrdinalIgnoreCase))?.Message;

    public async Task<IActionResult> OnGetAsync(long id) => await Read(id) ? Page() : NotFound();

    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostAcceptAsync(long id, RefusedForm form)
    {
        if (!await Read(id))
            return NotFound();
        Form = form.WithoutEmptyLines();
        if (Form.Unreadable() is { Count: > 0 } unreadable)
            return Wrong(unreadable);
        switch (await actions.Accept(Actor, id, Form.Request(RefusedBody.Order(Refusal.Sent.Body))))
        {
            case Outcome<string>.Done { Value: var reference }:
                return Done($"The order was taken in as {reference}.", $"/orders/{reference}");
            case Outcome<string>.Refused { Why: { Kind: RefusalKind.Invalid, Faults: var faults } }:
                return Wrong(faults);
            case var other:
                return await NotDone(other);
        }
    }

    private PageResult Wrong(IReadOnlyList<FieldError> faults)
    {
        (Faults, Form) = (faults, Form.WithSpareLine());
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    [Permission(Permissions.OrdersManage)]
    public async Task<IActionResult> OnPostCloseAsync(long id, string? note)
    {
        if (!await Read(id))
            return NotFound();
        switch (await actions.Close(Actor, id, note))
        {
            case Outcome<RefusedOrder>.Done:
                return Done("It is closed. No money was moved.", $"/orders/refused/{id}");
            case Outcome<RefusedOrder>.Refused { Why: { Kind: RefusalKind.Invalid, Text: var text } }:
                (Note, NoteFault) = (note, text);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return Page();
            case var other:
                return await NotDone(other);
        }
    }

    private async Task<bool> Read(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await RefusedOrders.Find(db, id) is not { } refused)
            return false;
        Refusal = refused;
        Faults = RefusedOrderActions.Faults(refused.Faults);
        Form = RefusedForm.Of(RefusedBody.Order(refused.Sent.Body));
        return true;
    }
}
