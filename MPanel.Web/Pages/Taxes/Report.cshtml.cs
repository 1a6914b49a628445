using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Taxes;
using MPanel.Jobs.Taxes;
using MPanel.Web.Api.Taxes;
using MPanel.Web.Platform.Lists;
using Npgsql;

namespace MPanel.Web.Pages.Taxes;

/// <summary>What a period's documents come to by country, category and rate.</summary>
public sealed class ReportModel(ListDatabase database, CsvExports exports, TimeProvider time) : PanelPage
{
    public DateOnly From { get; private set; }
    public DateOnly To { get; private set; }
    public IReadOnlyList<TaxReportRow> Rows { get; private set; } = [];

    /// <summary>Why the days that were asked for can't be shown; null when they are.</summary>
    public string? Wrong { get; private set; }

    public async Task OnGetAsync()
    {
        ReadPeriod();
        await using var db = await database.Open(HttpContext.RequestAborted);
        Rows = await Read(db);
    }

    public Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadPeriod();
        return exports.Send(
            HttpContext,
            $"tax-{From:yyyy-MM-dd}-{To:yyyy-MM-dd}",
            query,
            async (db, _) => new Slice<TaxReportRow>(await Read(db), Previous: null, Next: null),
            TaxRoutes.ReportColumns
        );
    }

    private Task<IReadOnlyList<TaxReportRow>> Read(NpgsqlConnection db) =>
        TaxReport.Of(db, TaxRules.Start(From), TaxRules.Start(To.AddDays(1)));

    /// <summary>The days that were asked for, or this month up to today.</summary>
    private ListQuery ReadPeriod()
    {
        var query = ReadList(TaxRoutes.Period);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        (From, To) = (query.Day("from") ?? new DateOnly(today.Year, today.Month, 1), query.Day("to") ?? today);
        if (query.Errors.Count > 0 || From > To || To == DateOnly.MaxValue)
        {
            Wrong = "These days can't be shown. This is the month up to today.";
            (From, To) = (new DateOnly(today.Year, today.Month, 1), today);
        }
        return query;
    }
}
