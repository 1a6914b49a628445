using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Audit;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Access;

/// <param name="ActorKind"><c>user</c>, <c>api_key</c>, <c>server</c>, <c>system</c> or <c>anonymous</c>.</param>
public sealed record AuditView(
    long Id,
    DateTimeOffset At,
    string ActorKind,
    string ActorName,
    string Action,
    string Subject,
    JsonElement? Before,
    JsonElement? After,
    string? RemoteAddress,
    string CorrelationId
);

public static class AuditRoutes
{
    public static readonly PanelList<AuditRow, AuditFilter> List = new(
        "entries",
        new ListDefinition(
            "-at",
            "Subject",
            AuditList.Sorts,
            [
                ListFilter.OneOf("actorKind", "By", [.. ActorKind.All]),
                ListFilter.Text("action", "Action"),
                ListFilter.Text("actor"),
                ListFilter.Day("from", "From"),
                ListFilter.Day("to", "To"),
            ]
        ),
        Filter,
        AuditList.Read,
        (db, filter, _) => AuditList.Count(db, filter),
        new("At", a => a.At),
        new("Kind", a => a.ActorKind),
        new("By", a => a.ActorName),
        new("Action", a => a.Action),
        new("Subject", a => a.Subject),
        new("Before", a => a.Before),
        new("After", a => a.After),
        new("From", a => a.RemoteAddress),
        new("Correlation", a => a.CorrelationId)
    )
    {
        File = "audit",
    };

    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/audit", Page)
            .RequirePermission(Permissions.SecurityView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("The audit log, newest first");

    private static AuditFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.Like,
            query.Text("actor"),
            query.Text("actorKind"),
            query.Text("action") is { } action ? Starting(action) : null,
            RolesOnly: false,
            query.Day("from") is { } from ? Midnight(from, context.User.TimeZone()) : null,
            query.Day("to") is { } to && to < DateOnly.MaxValue ? Midnight(to.AddDays(1), context.User.TimeZone()) : null
        );

    public static Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    /// <summary><c>order</c> finds <c>order.resumed</c>: what the action begins with, its wildcards taken literally.</summary>
    private static string Starting(string action) =>
        $"{action.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        // Far from our times the offset would lead out of the calendar.
        return day.Year is < 2 or > 9998
            ? new DateTimeOffset(local, TimeSpan.Zero)
            : new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static AuditView View(AuditRow a) =>
        new(a.Id, a.At, a.ActorKind, a.ActorName, a.Action, a.Subject, Json(a.Before), Json(a.After), a.RemoteAddress, a.CorrelationId);

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
