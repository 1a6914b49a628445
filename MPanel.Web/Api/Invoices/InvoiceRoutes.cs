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
        new("Payment", i => i.PaymentIntent)
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
        app.MapGet("/api/admin/invoices/{id:long}/pdf", Pdf)
            .RequirePermission(Permissions.InvoicesView)
            .Produces<byte[]>(contentType: "application/pdf")
            .Refuses(404)
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
        );

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
                i.Currency,
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
        return await InvoiceFacts.Of(db, id) is { } invoice
            ? TypedResults.Ok(InvoiceFullView.Of(invoice, await InvoiceFacts.Lines(db, id), await InvoiceReturns.Of(db, id), stripe))
            : Problems.NotFound("invoice");
    }

    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Pdf(
        long id,
        HttpContext context,
        ListDatabase database,
        InvoicePrinter printer
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await InvoiceFacts.Of(db, id) is { } invoice
            ? TypedResults.File(printer.Pdf(invoice, [.. await InvoiceFacts.Lines(db, id)]), "application/pdf", $"{invoice.Number}.pdf")
            : Problems.NotFound("invoice");
    }
}
