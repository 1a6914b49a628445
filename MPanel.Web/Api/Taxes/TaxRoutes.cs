using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Taxes;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Taxes;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Taxes;

/// <param name="Until">Its last day.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EndRateRequest(DateOnly Until);

/// <param name="From">The first day on the paper.</param>
/// <param name="To">The last.</param>
public sealed record TaxReportView(DateOnly From, DateOnly To, IReadOnlyList<TaxReportRow> Rows);

public static class TaxRoutes
{
    private const string Route = "/api/admin/tax-rates";

    public static readonly PanelList<TaxRateRow, TaxRateFilter> List = new(
        "tax rates",
        new ListDefinition("country", null, TaxRateList.Sorts, [ListFilter.Text("country", "Country code")]),
        (query, _) => new TaxRateFilter(query.Text("country")?.ToUpperInvariant()),
        TaxRateList.Read,
        (db, filter, _) => TaxRateList.Count(db, filter),
        new("Country", t => t.Country),
        new("Category", t => t.Category),
        new("Percent", t => t.Percent),
        new("From", t => Day(t.From)),
        new("Until", t => t.Until is { } last ? Day(last) : null)
    );

    /// <summary>What the report's query string may say; it is no list, and has one page.</summary>
    public static readonly ListDefinition Period = new(
        "country",
        null,
        [new SortColumn("country", "country", "text")],
        [ListFilter.Day("from", "Issued from"), ListFilter.Day("to", "to")]
    );

    public static readonly IReadOnlyList<ListColumn<TaxReportRow>> ReportColumns =
    [
        new("Country", r => r.Country),
        new("Category", r => r.Category),
        new("Rate", r => r.Rate),
        new("Currency", r => r.Currency),
        new("Net", r => r.Net),
        new("Tax", r => r.Tax),
        new("Gross", r => r.Gross),
        new("Invoices", r => r.Invoices),
        new("Credit notes", r => r.CreditNotes),
    ];

    public static void MapTaxes(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Rates of tax by country");
        app.MapPost(Route, Create).RequirePermission(Permissions.InvoicesManage).Refuses(409).WithSummary("A new rate of tax");
        app.MapPost($"{Route}/{{id:long}}/end", End)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404)
            .WithSummary("Give a rate its last day");
        app.MapDelete($"{Route}/{{id:long}}", Delete)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404)
            .WithSummary("Take a rate away; what is issued keeps it");
        app.MapGet("/api/admin/tax-report", Report)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .WithSummary("Net, tax and gross of a period by country, category and rate, less credit notes");
    }

    public static Task<Results<Ok<Page<TaxRate>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, t => new TaxRate(t.Id, t.Country, t.Category, t.Percent, t.From, t.Until));

    public static async Task<Results<Created<TaxRate>, ProblemHttpResult>> Create(
        TaxRateInput request,
        HttpContext context,
        TaxRateActions actions
    ) =>
        await (await actions.Create(context.Actor(), request)).ToResult(
            context,
            "tax rate",
            rate => TypedResults.Created($"{Route}/{rate.Id}", rate)
        );

    public static async Task<Results<Ok<TaxRate>, ProblemHttpResult>> End(
        long id,
        EndRateRequest request,
        HttpContext context,
        TaxRateActions actions
    ) => await (await actions.End(context.Actor(), id, request.Until)).ToResult(context, "tax rate", TypedResults.Ok);

    public static async Task<Results<NoContent, ProblemHttpResult>> Delete(long id, HttpContext context, TaxRateActions actions) =>
        await (await actions.Delete(context.Actor(), id)).ToResult(context, "tax rate", _ => TypedResults.NoContent());

    public static async Task<Results<Ok<TaxReportView>, ProblemHttpResult>> Report(
        string? from,
        string? to,
        HttpContext context,
        ListDatabase database
    )
    {
        var query = ListQuery.Read(Period, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        if (query.Day(nameof(from)) is not { } first || query.Day(nameof(to)) is not { } last || first > last || last == DateOnly.MaxValue)
            return Problems.Invalid([new FieldError("to", "invalid_day", "Two days are needed, the first not after the last.")]);
        await using var db = await database.Open(context.RequestAborted);
        return TypedResults.Ok(
            new TaxReportView(first, last, await TaxReport.Of(db, TaxRules.Start(first), TaxRules.Start(last.AddDays(1))))
        );
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
