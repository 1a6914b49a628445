using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Websites;
using MPanel.Jobs.Outcomes;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

public static class TrafficRoute
{
    private const int MostErrors = 20;

    public static async Task<Results<Ok<TrafficResponse>, ProblemHttpResult>> Handle(
        TrafficRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource
    )
    {
        if (Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        // Named twice in one request, the larger counts.
        TrafficItem[] items =
        [
            .. request
                .Items.GroupBy(i => (i.WebsiteId, i.Day))
                .Select(same => new TrafficItem(
                    same.Key.WebsiteId,
                    same.Key.Day,
                    same.Max(i => i.Requests),
                    same.Max(i => i.BytesIn),
                    same.Max(i => i.BytesOut)
                )),
        ];
        var counted = new CountedTraffic(
            [.. items.Select(i => i.WebsiteId)],
            [.. items.Select(i => i.Day)],
            [.. items.Select(i => i.Requests)],
            [.. items.Select(i => i.BytesIn)],
            [.. items.Select(i => i.BytesOut)]
        );
        await using var db = await dataSource.OpenConnectionAsync();
        var kept = await ReceiveTraffic.Run(db, server.Id, counted);
        return TypedResults.Ok(new TrafficResponse(kept, items.Length - kept));
    }

    private static List<FieldError> Check(TrafficRequest request)
    {
        if (request.Items.Length > TrafficRequest.MostItems)
            return [new FieldError("items", "too_many", $"Must be at most {TrafficRequest.MostItems}.")];
        return [.. request.Items.SelectMany(Check).Take(MostErrors)];
    }

    private static IEnumerable<FieldError> Check(TrafficItem? item, int i)
    {
        if (item is null)
            yield return new FieldError($"items[{i}]", "required", "Must not be null.");
        else if (item.WebsiteId < 1 || !Counts(item.Requests) || !Counts(item.BytesIn) || !Counts(item.BytesOut))
            yield return new FieldError(
                $"items[{i}]",
                "out_of_range",
                $"Must have an id above 0, and requests and bytes of 0 to {TrafficItem.Most}."
            );
    }

    private static bool Counts(long number) => number is >= 0 and <= TrafficItem.Most;
}
