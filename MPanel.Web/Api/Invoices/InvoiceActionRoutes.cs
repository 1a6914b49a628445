using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Invoices;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Invoices;

/// <param name="Currency">Three letters; null for the panel's own.</param>
/// <param name="DueDays">Due so many days after it is issued, 0 to 365; null for what the settings say.</param>
/// <param name="Note">Printed below the sums; at most 500 characters on one line.</param>
/// <param name="Lines">1 to 100.</param>
/// <param name="RequestId">Names the request: the same again is the same draft. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DraftRequest(
    long CustomerId,
    IReadOnlyList<InvoiceLineInput?> Lines,
    string? Currency = null,
    int? DueDays = null,
    string? Note = null,
    Guid? RequestId = null
);

/// <param name="Version">As read: another one by now is a conflict.</param>
/// <param name="Lines">All of them: what is left out is no line of it any more.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DraftChangeRequest(
    int Version,
    IReadOnlyList<InvoiceLineInput?> Lines,
    string? Currency = null,
    int? DueDays = null,
    string? Note = null
);

/// <param name="Version">Of the draft as read; null for whatever it is by now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record IssueRequest(int? Version = null);

/// <param name="Method">bank_transfer or other.</param>
/// <param name="Reference">Names it there: the same method and reference is the same payment.</param>
/// <param name="Amount">Major units. What is above the rest becomes credit of the customer.</param>
/// <param name="ReceivedOn">Null for today, UTC.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PayRequest(string Method, string Reference, decimal Amount, DateOnly? ReceivedOn = null);

/// <param name="Amount">Major units; null for as much as there is and is due.</param>
/// <param name="RequestId">Names the request: the same again pays nothing further. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApplyCreditRequest(decimal? Amount = null, Guid? RequestId = null);

/// <param name="Reason">1 to 500 characters on one line; the credit note has it.</param>
/// <param name="Amount">Major units; null for all that is left.</param>
/// <param name="RequestId">Names the request: the same again takes nothing further. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreditRequest(string Reason, decimal? Amount = null, Guid? RequestId = null);

/// <param name="Reason">1 to 500 characters on one line. Of a draft it may be left out.</param>
/// <param name="RequestId">Names the request: the same again takes nothing further. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VoidRequest(string? Reason = null, Guid? RequestId = null);

/// <param name="Reason">1 to 500 characters on one line.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WriteOffRequest(string Reason);

/// <summary>What people do to invoices. Each answers the invoice as it is then.</summary>
public static class InvoiceActionRoutes
{
    private const string Route = "/api/admin/invoices";

    public static void MapInvoiceActions(this IEndpointRouteBuilder app)
    {
        app.MapPost(Route, Create).RequirePermission(Permissions.InvoicesManage).WithSummary("A new draft of an invoice");
        app.MapPatch($"{Route}/{{id:long}}", Change)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Change a draft");
        app.MapPost($"{Route}/{{id:long}}/issue", Issue)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Give a draft its number and dates");
        app.MapPost($"{Route}/{{id:long}}/pay", Pay)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Enter money that came in for an invoice");
        app.MapPost($"{Route}/{{id:long}}/apply-credit", ApplyCredit)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409, 422)
            .WithSummary("Pay an invoice with the customer's credit");
        app.MapPost($"{Route}/{{id:long}}/credit", Credit)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409, 422)
            .WithSummary("Take a part of an invoice back without money going back");
        app.MapPost($"{Route}/{{id:long}}/void", Void)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Discard a draft, or take back what nobody has paid of an invoice");
        app.MapPost($"{Route}/{{id:long}}/write-off", WriteOff)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Expect the rest of an invoice no more");
    }

    private static async Task<Results<Created<InvoiceFullView>, ProblemHttpResult>> Create(
        DraftRequest request,
        HttpContext context,
        InvoiceActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    )
    {
        var draft = new DraftInput(request.Currency, request.DueDays, request.Note, request.Lines);
        var created = await actions.Create(context.Actor(), request.RequestId ?? Guid.NewGuid(), request.CustomerId, draft);
        return await created.ToResult(
            context,
            "invoice",
            async invoice => TypedResults.Created($"{Route}/{invoice.Id}", await View(dataSource, invoice.Id, stripe))
        );
    }

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Change(
        long id,
        DraftChangeRequest request,
        HttpContext context,
        InvoiceActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    ) =>
        await Answer(
            await actions.Change(
                context.Actor(),
                id,
                request.Version,
                new DraftInput(request.Currency, request.DueDays, request.Note, request.Lines)
            ),
            context,
            dataSource,
            stripe
        );

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Issue(
        long id,
        IssueRequest request,
        HttpContext context,
        InvoiceActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    ) => await Answer(await actions.Issue(context.Actor(), id, request.Version), context, dataSource, stripe);

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Pay(
        long id,
        PayRequest request,
        HttpContext context,
        SettlementActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    )
    {
        var payment = new PaymentInput(request.Method, request.Reference, request.Amount, request.ReceivedOn);
        return await Answer(await actions.Pay(context.Actor(), id, payment), context, dataSource, stripe);
    }

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> ApplyCredit(
        long id,
        ApplyCreditRequest request,
        HttpContext context,
        SettlementActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    ) =>
        await Answer(
            await actions.ApplyCredit(context.Actor(), id, request.RequestId ?? Guid.NewGuid(), request.Amount),
            context,
            dataSource,
            stripe
        );

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Credit(
        long id,
        CreditRequest request,
        HttpContext context,
        CreditActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    )
    {
        var wish = new CreditWish(request.RequestId ?? Guid.NewGuid(), request.Amount, request.Reason);
        return await Answer(await actions.Credit(context.Actor(), id, wish), context, dataSource, stripe);
    }

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Void(
        long id,
        VoidRequest request,
        HttpContext context,
        InvoiceActions drafts,
        CreditActions issued,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    )
    {
        var discarded = await drafts.Discard(context.Actor(), id);
        return discarded is Outcome<LockedInvoice>.Refused { Why.Code: InvoiceActions.NotADraft }
            ? await Answer(
                await issued.TakeBackRest(context.Actor(), id, request.RequestId ?? Guid.NewGuid(), request.Reason),
                context,
                dataSource,
                stripe
            )
            : await Answer(discarded, context, dataSource, stripe);
    }

    private static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> WriteOff(
        long id,
        WriteOffRequest request,
        HttpContext context,
        SettlementActions actions,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    ) => await Answer(await actions.WriteOff(context.Actor(), id, request.Reason), context, dataSource, stripe);

    private static Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> Answer(
        Outcome<LockedInvoice> outcome,
        HttpContext context,
        NpgsqlDataSource dataSource,
        StripeDashboard stripe
    ) => outcome.ToResult(context, "invoice", async invoice => TypedResults.Ok(await View(dataSource, invoice.Id, stripe)));

    private static async Task<InvoiceFullView> View(NpgsqlDataSource dataSource, long id, StripeDashboard stripe)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        return (await InvoiceFullView.Read(db, id, stripe))!;
    }
}
