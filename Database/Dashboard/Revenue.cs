using Dapper;
using Npgsql;

namespace MPanel.Database.Dashboard;

/// <summary>What was invoiced on a day (UTC), paid or not, less credit notes of that day and what was written off on it.</summary>
/// <param name="Amount">Major units.</param>
public sealed record RevenueDay(DateOnly Day, string Currency, decimal Amount, int Invoices);

/// <param name="Last30Days">Major units: today and the 29 days before, UTC.</param>
/// <param name="AllTime">Major units.</param>
public sealed record CurrencyRevenue(string Currency, decimal Last30Days, decimal AllTime);

/// <summary>From the days that the database adds up by itself, whenever an invoice is written.</summary>
public static class Revenue
{
    /// <summary>Every currency that ever earned something.</summary>
    public static Task<IEnumerable<CurrencyRevenue>> ByCurrency(NpgsqlConnection db) =>
        db.QueryAsync<CurrencyRevenue>(
            """
            select currency, coalesce(sum(amount) filter (where day > (now() at time zone 'UTC')::date - 30), 0) as last30days,
                   sum(amount) as all_time
            from revenue_days
            group by currency
            order by currency
            """
        );

    /// <summary>Every day up to today, with zeros where nothing was earned in that currency.</summary>
    /// <param name="days">How many, today included.</param>
    public static async Task<IReadOnlyList<RevenueDay>> Days(NpgsqlConnection db, string currency, int days) =>
        [
            .. await db.QueryAsync<RevenueDay>(
                """
                select d.day::date as day, @currency as currency, coalesce(r.amount, 0) as amount, coalesce(r.invoices, 0) as invoices
                from generate_series((now() at time zone 'UTC')::date - (@days - 1), (now() at time zone 'UTC')::date, interval '1 day') d (day)
                left join revenue_days r on r.day = d.day::date and r.currency = @currency
                order by d.day
                """,
                new { currency, days }
            ),
        ];
}
