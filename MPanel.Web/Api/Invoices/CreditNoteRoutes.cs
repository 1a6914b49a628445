using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Invoices;

/// <summary>A credit note in the list.</summary>
/// <param name="Invoice">Number of the invoice that it corrects.</param>
/// <param name="Total">Major units, as net and tax, which it is the sum of.</param>
public sealed record CreditNoteView(
    long Id,
    string Number,
    DateOnly IssuedOn,
    long InvoiceId,
    string Invoice,
    long CustomerId,
    string Customer,
    decimal Net,
    decimal Tax,
    decimal Total,
    string Currency,
    string Reason
)
{
    public static CreditNoteView Of(CreditNoteRow n) =>
        new(n.Id, n.Number, n.IssuedOn, n.InvoiceId, n.Invoice, n.CustomerId, n.Customer, n.Net, n.Tax, n.Total, n.Currency, n.Reason);
}

public static class CreditNoteRoutes
{
    private const string Route = "/api/admin/credit-notes";

    public static readonly PanelList<CreditNoteRow, CreditNoteFilter> List = new(
        "credit notes",
        new ListDefinition(
            "-issued",
            "Number, invoice or customer's e-mail address",
            CreditNoteList.Sorts,
            [ListFilter.Number("customer"), ListFilter.Day("from", "Issued from"), ListFilter.Day("to", "to")]
        ),
        Filter,
        CreditNoteList.Read,
        (db, filter, _) => CreditNoteList.Count(db, filter),
        new("Number", n => n.Number),
        new("Issued", n => n.IssuedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        new("Invoice", n => n.Invoice),
        new("Customer", n => n.Customer),
        new("Net", n => n.Net),
        new("Tax", n => n.Tax),
        new("Total", n => n.Total),
        new("Currency", n => n.Currency),
        new("Reason", n => n.Reason)
    );

    public static void MapCreditNotes(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Credit notes");
        app.MapGet($"{Route}/{{id:long}}", One)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(404)
            .WithSummary("One credit note, with seller and buyer of its invoice");
        app.MapGet($"{Route}/{{id:long}}/pdf", Pdf)
            .RequirePermission(Permissions.InvoicesView)
            .Produces<byte[]>(contentType: "application/pdf")
            .Refuses(404)
            .WithSummary("The credit note to print");
    }

    /// <summary>Days are those on the paper.</summary>
    private static CreditNoteFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.Q,
            int.TryParse(query.Q, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            query.Number("customer"),
            Start(query.Day("from")),
            query.Day("to") is { } last && last < DateOnly.MaxValue ? Start(last.AddDays(1)) : null
        );

    private static DateTimeOffset? Start(DateOnly? day) =>
        day is { } date ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;

    public static Task<Results<Ok<Page<CreditNoteView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, CreditNoteView.Of);

    public static async Task<Results<Ok<CreditNoteDetail>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await CreditNoteFacts.Of(db, id) is { } note ? TypedResults.Ok(note) : Problems.NotFound("credit note");
    }

    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Pdf(
        long id,
        HttpContext context,
        ListDatabase database,
        InvoicePrinter printer
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await CreditNoteFacts.Of(db, id) is { } note
            ? TypedResults.File(printer.Pdf(note), "application/pdf", $"{note.Number}.pdf")
            : Problems.NotFound("credit note");
    }
}
