using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Api.Payments;

namespace MPanel.Web.Pages.Payments;

/// <summary>A payment: what Stripe knows of it, what it paid, and what went back.</summary>
public sealed class DetailsModel(ListDatabase database, StripeDashboard stripe) : PanelPage
{
    public PaymentStory Story { get; private set; } = null!;

    public string? StripeLink => stripe.Payment(Story.Payment.Row.PaymentIntent, Story.Payment.Row.Livemode);

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await PaymentStory.Of(db, id) is not { } story)
            return NotFound();
        Story = story;
        return Page();
    }
}
