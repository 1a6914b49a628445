using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Invoices;

public static class InvoiceRoutes
{
    public static readonly PanelList<InvoiceRow, InvoiceFilter> List = new(
        "invoices",
        new ListDefinition(
            "-issued",
            "Number or customer's e-mail address",
            InvoiceList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. InvoiceState.All]),
                ListFilter.Number("customer"),
                ListFilter.Day("from", "Issued from"),
                ListFilter.Day("to", "to"),
                ListFilter.Day("dueBefore", "Due before"),
            ]
        ),
        Filter,
        InvoiceList.Read,
        (db, filter, _) => InvoiceList.Count(db, filter),
        new("Number", i => i.Number),
        new("Customer", i => i.Customer),
        new("Status", i => i.Status),
        new("Amount", i => i.Total),
        new("Currency", i => i.Currency),
        new("Issued", i => i.IssuedAt),
        new("Paid", i => i.PaidAt),
        new("Payment", i => i.PaymentIntent),
        new("Due", i => i.Due),
        new("Due on", i => i.DueOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
    );

    public static void MapInvoices(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/invoices", Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Invoices");
        app.MapGet("/api/admin/invoices/{id:long}", One)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(404)
            .WithSummary("One invoice with its lines");
        app.MapRefunds();
        app.MapInvoiceActions();
        app.MapGet("/api/admin/invoices/{id:long}/pdf", Pdf)
            .RequirePermission(Permissions.InvoicesView)
            .Produces<byte[]>(contentType: "application/pdf")
            .Refuses(404, 409)
            .WithSummary("The invoice to print");
    }

    private static InvoiceFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.Q,
            int.TryParse(query.Q, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            query.Text("status"),
            query.Number("customer"),
            query.StartOf("from", context.User.TimeZone()),
            query.EndOf("to", context.User.TimeZone())
        )
        {
            // The day on the paper, wherever whoever asks is.
            DueBefore = query.Day("dueBefore") is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null,
        };

    public static Task<Results<Ok<Page<InvoiceView>>, ProblemHttpResult>> Page(
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    ) => PageOf(context, database, stripe, customer: null);

    /// <param name="customer">Whose they are, whatever the query says; null for what it says.</param>
    public static Task<Results<Ok<Page<InvoiceView>>, ProblemHttpResult>> PageOf(
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe,
        long? customer
    )
    {
        return List.Answer(context, database, View, filter => customer is null ? filter : filter with { Customer = customer });

        InvoiceView View(InvoiceRow i) =>
            new(
                i.Id,
                i.Number,
                i.CustomerId,
                i.Customer,
                i.Status,
                i.Total,
                i.Due,
                i.Currency,
                i.DueOn,
                i.IssuedAt,
                i.PaidAt,
                stripe.Payment(i.PaymentIntent, i.Livemode)
            );
    }

    public static async Task<Results<Ok<InvoiceFullView>, ProblemHttpResult>> One(
        long id,
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await InvoiceFullView.Read(db, id, stripe) is { } invoice ? TypedResults.Ok(invoice) : Problems.NotFound("invoice");
    }

    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Pdf(
        long id,
        HttpContext context,
        ListDatabase database,
        InvoicePrinter printer
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await InvoiceFacts.Of(db, id) is not { } invoice)
            return Problems.NotFound("invoice");
        return invoice.Number is null
            ? Problems.Of(StatusCodes.Status409Conflict, "not_issued", "It is a draft: it has no number, and no paper.")
            : TypedResults.File(printer.Pdf(invoice, [.. await InvoiceFacts.Lines(db, id)]), "application/pdf", $"{invoice.Number}.pdf");
    }
}
