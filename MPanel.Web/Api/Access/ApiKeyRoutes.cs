using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Access;

/// <param name="Prefix">The visible part of the key.</param>
/// <param name="Kind"><c>personal</c> or <c>service</c>.</param>
/// <param name="Owner">E-mail address of a personal key's owner; null for a service key.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="Scopes">What it was made for; a personal key may of these what its owner may.</param>
/// <param name="ToReview">Made before there were two kinds, and nobody has looked at it since.</param>
/// <param name="ExpiresAt">Null for never.</param>
public sealed record ApiKeyView(
    long Id,
    string Name,
    string Prefix,
    string Kind,
    string? Owner,
    string Status,
    string[] Scopes,
    bool ToReview,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt,
    string CreatedBy
);

/// <param name="ExpiresInDays">1 to 3650; null for a key that does not expire.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewApiKey(string Name, string[] Scopes, int? ExpiresInDays = null);

/// <param name="OldKeyHours">How long the old key goes on: 0 to 168.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyRotation(int OldKeyHours = 24);

/// <param name="Key">The key itself. Shown once.</param>
public sealed record ApiKeySecret(string Key);

public static class ApiKeyRoutes
{
    public static readonly PanelList<ApiKeyListRow, ApiKeyFilter> List = new(
        "keys",
        new ListDefinition(
            "-created",
            "Name, owner or visible part",
            ApiKeyList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. KeyState.All]),
                ListFilter.OneOf("kind", "Kind", "personal", "service"),
                ListFilter.OneOf("review", "Review", "open"),
            ]
        ),
        Filter,
        ApiKeyList.Read,
        (db, filter, _) => ApiKeyList.Count(db, filter),
        new("Name", k => k.Name),
        new("Visible part", k => k.Prefix),
        new("Kind", k => k.Kind),
        new("Owner", k => k.Owner),
        new("Status", k => k.Status),
        new("Scopes", k => string.Join(' ', k.Scopes)),
        new("Last used", k => k.LastUsedAt),
        new("Expires", k => k.ExpiresAt),
        new("Made", k => k.CreatedAt),
        new("By", k => k.CreatedBy)
    )
    {
        File = "api-keys",
    };

    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/api-keys", Page)
            .RequirePermission(Permissions.SecurityView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("API keys");
        app.MapPost("/api/admin/api-keys", Create)
            .RequirePermission(Permissions.SecurityManage)
            .WithSummary("Make a service key with scopes that the caller has itself; takes the scope keys:create, too");
        app.MapPost("/api/admin/api-keys/{id:long}/rotate", Rotate)
            .RequirePermission(Permissions.SecurityManage)
            .Refuses(404, 409)
            .WithSummary("A new key in an old one's place, which goes on for a while; takes the scope keys:create, too");
        app.MapPost("/api/admin/api-keys/{id:long}/revoke", Revoke)
            .RequirePermission(Permissions.SecurityManage)
            .Refuses(404, 409)
            .WithSummary("End an API key at once, and every key that it made");
        app.MapPost("/api/admin/api-keys/{id:long}/keep", Keep)
            .RequirePermission(Permissions.SecurityManage)
            .Refuses(404, 409)
            .WithSummary("Keep a key that was to be reviewed");
    }

    private static ApiKeyFilter Filter(ListQuery query, HttpContext _) =>
        new(query.Like, query.Text("status"), query.Text("kind"), query.Text("review") is not null);

    public static Task<Results<Ok<Page<ApiKeyView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Created<ApiKeySecret>, ProblemHttpResult>> Create(
        NewApiKey request,
        HttpContext context,
        KeyActions keys,
        ListDatabase database
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        var errors = UserRoutes.Errors(
            ("name", KeyRules.CheckName(request.Name)),
            ("scopes", await CheckScopes(db, request.Scopes)),
            ("expiresInDays", KeyRules.CheckDays(request.ExpiresInDays))
        );
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        var made = await keys.Create(context.Actor(), request.Name.Trim(), request.Scopes, request.ExpiresInDays);
        return await made.ToResult(context, "key", key => TypedResults.Created("/api/admin/api-keys", new ApiKeySecret(key.Text)));
    }

    public static async Task<Results<Ok<ApiKeySecret>, ProblemHttpResult>> Rotate(
        long id,
        KeyRotation request,
        HttpContext context,
        KeyActions keys
    )
    {
        if (request.OldKeyHours is < 0 or > 168)
            return Problems.Invalid(UserRoutes.Errors(("oldKeyHours", "Must be 0 to 168.")));
        var rotated = await keys.Rotate(context.Actor(), id, TimeSpan.FromHours(request.OldKeyHours));
        return await rotated.ToResult(context, "key", key => TypedResults.Ok(new ApiKeySecret(key.Text)));
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Revoke(long id, HttpContext context, KeyActions keys) =>
        await (await keys.Revoke(context.Actor(), id)).ToResult(context, "key", _ => TypedResults.NoContent());

    public static async Task<Results<NoContent, ProblemHttpResult>> Keep(long id, HttpContext context, KeyActions keys) =>
        await (await keys.Keep(context.Actor(), id)).ToResult(context, "key", _ => TypedResults.NoContent());

    /// <returns>What is wrong with the scopes, or null.</returns>
    internal static async Task<string?> CheckScopes(Npgsql.NpgsqlConnection db, string[] scopes)
    {
        if (scopes.Length == 0)
            return "Choose at least one.";
        var known = (await Roles.Permissions(db))
            .Select(p => p.Code)
            .Concat(Scopes.OfPublicApi.Keys)
            .Concat(Scopes.OfPower.Keys)
            .ToHashSet();
        return scopes.FirstOrDefault(s => !known.Contains(s)) is { } unknown ? $"There is no scope {unknown}." : null;
    }

    private static ApiKeyView View(ApiKeyListRow k) =>
        new(k.Id, k.Name, k.Prefix, k.Kind, k.Owner, k.Status, k.Scopes, k.ToReview, k.ExpiresAt, k.LastUsedAt, k.CreatedAt, k.CreatedBy);
}
