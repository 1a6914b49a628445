using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;

namespace MPanel.Web.Api.Servers;

/// <param name="Resolution">minute or hour: what a point is an average of.</param>
/// <param name="Points">Oldest first. A time at which nothing was heard has none.</param>
public sealed record ServerMetricsView(
    long ServerId,
    string Server,
    string Resolution,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<MetricsPoint> Points
);

public static class ServerMetricsRoute
{
    private static readonly TimeSpan MostMinutes = RollUpMetrics.KeepMinutes;
    private static readonly TimeSpan MostHours = RollUpMetrics.KeepHours;

    // Far from where dates end, so that a span can be added or taken away.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="from">ISO 8601; an hour before <paramref name="to"/> unless given, a day with hours.</param>
    /// <param name="to">ISO 8601; now unless given.</param>
    /// <param name="resolution">minute (unless given; at most 2 days at once) or hour (at most 90 days at once).</param>
    public static async Task<Results<Ok<ServerMetricsView>, ProblemHttpResult>> Handle(
        long id,
        HttpContext context,
        ListDatabase database,
        IOptions<ProvisioningOptions> options,
        TimeProvider time,
        string? from = null,
        string? to = null,
        string resolution = "minute"
    )
    {
        var errors = new List<FieldError>();
        if (resolution is not ("minute" or "hour"))
            errors.Add(new("resolution", "unknown_resolution", "Must be minute or hour."));
        var until = Time("to", to) ?? time.GetUtcNow();
        var since = Time("from", from) ?? until - (resolution == "hour" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1));
        var most = resolution == "hour" ? MostHours : MostMinutes;
        if (errors.Count == 0 && (since >= until || until - since > most))
            errors.Add(new("from", "out_of_range", $"Must be before to, by at most {most.TotalDays:0} days with {resolution}s."));
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        await using var db = await database.Open(context.RequestAborted);
        if (await ServerFacts.Of(db, id, options.Value.OfflineAfter) is not { } server)
            return Problems.NotFound("server");
        var points =
            resolution == "hour"
                ? await ServerMetrics.ByHours(db, id, since, until, TimeSpan.FromHours(1))
                : await ServerMetrics.ByMinutes(db, id, since, until, TimeSpan.FromMinutes(1));
        return TypedResults.Ok(new ServerMetricsView(id, server.Name, resolution, since, until, [.. points]));

        DateTimeOffset? Time(string name, string? text)
        {
            if (string.IsNullOrEmpty(text))
                return null;
            if (
                DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                && at >= Earliest
                && at <= Latest
            )
                return at.ToUniversalTime();
            errors.Add(new(name, "malformed", "Must be a time with its offset, such as 2026-11-30T12:00:00Z."));
            return null;
        }
    }

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
}
