namespace MPanel.Database.Jobs;

/// <summary>Counts what is written to Hangfire's tables in bulk, as Hangfire's own clients count what they write.</summary>
public static class CountJobs
{
    /// <summary>
    /// The body of a CTE, <c>counted as (…)</c>, after one called <c>job_counts (kind, entered, gone)</c>: a row for each kind
    /// (<c>succeeded</c>, <c>failed</c>, <c>deleted</c>) with the jobs that entered that state and those that left it. The totals and the
    /// charts of the dashboard read what is added here. It goes past Hangfire's table of single counts: its aggregator reads and deletes
    /// those in two statements, and loses or doubles some when two processes do it.
    /// </summary>
    public const string Counted = """
        insert into hangfire.aggregatedcounter as c (key, value, expireat)
        select counter.key, counter.value, counter.expireat
        from job_counts cross join lateral (
            values
                -- Hangfire keeps no total of failures; it counts the failed jobs that there are.
                ('stats:' || kind, case when kind = 'failed' then 0 else entered - gone end, null::timestamptz),
                (concat('stats:', kind, to_char(now() at time zone 'utc', ':YYYY-MM-DD')), entered, now() + interval '1 month'),
                (concat('stats:', kind, to_char(now() at time zone 'utc', ':YYYY-MM-DD-HH24')), entered, now() + interval '1 day')
        ) as counter (key, value, expireat)
        where counter.value <> 0
        -- Always in one order, so that two that count wait for each other and never in a circle.
        order by counter.key
        on conflict (key) do update set value = c.value + excluded.value, expireat = excluded.expireat
        """;
}
