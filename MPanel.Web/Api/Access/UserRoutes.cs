using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Access;

/// <summary>A user in the list.</summary>
/// <param name="Status"><c>invited</c>, <c>active</c>, <c>disabled</c> or <c>deleted</c>.</param>
/// <param name="Roles">Names.</param>
public sealed record UserView(
    long Id,
    string Email,
    string DisplayName,
    string Status,
    bool Locked,
    bool TwoFactorEnabled,
    string[] Roles,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt
);

/// <summary>One user.</summary>
/// <param name="Status"><c>invited</c>, <c>active</c>, <c>disabled</c> or <c>deleted</c>.</param>
/// <param name="Roles">Codes.</param>
/// <param name="Permissions">What the roles come to.</param>
/// <param name="HasPassword">False for somebody who never accepted an invitation.</param>
public sealed record UserFullView(
    long Id,
    string Email,
    string DisplayName,
    string Status,
    bool HasPassword,
    bool MustChangePassword,
    bool TwoFactorEnabled,
    DateTimeOffset? LockoutEnd,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    int Version,
    string[] Roles,
    string[] Permissions
)
{
    public bool IsSuperAdmin => Roles.Contains(Database.Access.Roles.SuperAdmin);

    public static UserFullView Of(UserDetail u) =>
        new(
            u.Id,
            u.Email,
            u.DisplayName,
            u.Status,
            u.SignIn.HasPassword,
            u.SignIn.MustChangePassword,
            u.SignIn.TwoFactorEnabled,
            u.SignIn.LockoutEnd,
            u.SignIn.LastLoginAt,
            u.CreatedAt,
            u.Version,
            u.Roles,
            u.Permissions
        );
}

/// <param name="Roles">Codes.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InviteRequest(string Email, string DisplayName, string[] Roles);

/// <param name="Version">As it was read; 409 when somebody else changed the user since.</param>
/// <param name="DisplayName">Null to leave it.</param>
/// <param name="Roles">Codes, all of them; null to leave them.</param>
/// <param name="Status"><c>active</c> or <c>disabled</c>; null to leave it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UserChange(int Version, string? DisplayName = null, string[]? Roles = null, string? Status = null);

/// <param name="Link">Path and query of the one-time link on the pages' port. Shown once.</param>
public sealed record Invited(long Id, string Link)
{
    public static Invited Of(NewInvitation invitation) => new(invitation.UserId, $"/invitation?token={invitation.Token}");
}

public static class UserRoutes
{
    public static readonly PanelList<UserRow, UserFilter> List = new(
        "users",
        new ListDefinition(
            "name",
            "Name or e-mail address",
            UserList.Sorts,
            [ListFilter.OneOf("status", "Status", [.. UserState.All]), ListFilter.Text("role")]
        ),
        Filter,
        UserList.Read,
        (db, filter, _) => UserList.Count(db, filter),
        new("Name", u => u.DisplayName),
        new("E-mail address", u => u.Email),
        new("Status", u => u.Status),
        new("Roles", u => string.Join(", ", u.Roles)),
        new("Two-factor", u => u.TwoFactorEnabled),
        new("Last login", u => u.LastLoginAt),
        new("Created", u => u.CreatedAt)
    );

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/users", Page)
            .RequirePermission(Permissions.UsersView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Users; deleted ones only when asked for");
        app.MapGet("/api/admin/users/{id:long}", One).RequirePermission(Permissions.UsersView).Refuses(404).WithSummary("One user");
        app.MapPost("/api/admin/users", Invite)
            .RequirePermission(Permissions.UsersManage)
            .Refuses(409)
            .WithSummary("Invite a user; the answer has the one-time link");
        app.MapPatch("/api/admin/users/{id:long}", Change)
            .RequirePermission(Permissions.UsersManage)
            .Refuses(404, 409)
            .WithSummary("Change a user's name, roles or status");
        app.MapDelete("/api/admin/users/{id:long}", Delete)
            .RequirePermission(Permissions.UsersManage)
            .Refuses(404, 409)
            .WithSummary("Delete a user: disabled, and gone from the lists");
    }

    private static UserFilter Filter(ListQuery query, HttpContext _) => new(query.Like, query.Text("status"), query.Text("role"));

    public static Task<Results<Ok<Page<UserView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<UserFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await UserFacts.Of(db, id) is { } user ? TypedResults.Ok(UserFullView.Of(user)) : Problems.NotFound("user");
    }

    public static async Task<Results<Created<Invited>, ProblemHttpResult>> Invite(
        InviteRequest request,
        HttpContext context,
        UserActions users
    )
    {
        var errors = Errors(("email", UserRules.CheckEmail(request.Email)), ("displayName", UserRules.CheckName(request.DisplayName)));
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        var email = EmailAddress.Normalize(request.Email)!;
        var outcome = await users.Invite(context.Actor(), email, request.DisplayName.Trim(), request.Roles);
        return await outcome.ToResult(
            context,
            "user",
            invitation => TypedResults.Created($"/api/admin/users/{invitation.UserId}", Invited.Of(invitation))
        );
    }

    public static async Task<Results<Ok<UserFullView>, ProblemHttpResult>> Change(
        long id,
        UserChange request,
        HttpContext context,
        UserActions users,
        ListDatabase database
    )
    {
        var errors = Errors(
            ("displayName", request.DisplayName is null ? null : UserRules.CheckName(request.DisplayName)),
            ("status", request.Status is null or UserState.Active or UserState.Disabled ? null : "Must be active or disabled."),
            // Two changes, of which the second could be refused when the first is done.
            (
                "status",
                request.Status is not null && (request.DisplayName is not null || request.Roles is not null)
                    ? "Change the status by itself, without name and roles."
                    : null
            )
        );
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        await using var db = await database.Open(context.RequestAborted);
        if (await UserFacts.Of(db, id) is not { } user)
            return Problems.NotFound("user");
        var outcome =
            user.Version != request.Version ? new Outcome<UserDetail>.Conflict(user) : await Apply(request, user, context.Actor(), users);
        return await outcome.ToResult(context, "user", changed => TypedResults.Ok(UserFullView.Of(changed)));
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Delete(long id, HttpContext context, UserActions users) =>
        await (await users.Disable(context.Actor(), id, delete: true)).ToResult(context, "user", _ => TypedResults.NoContent());

    private static async Task<Outcome<UserDetail>> Apply(UserChange request, UserDetail user, Actor actor, UserActions users) =>
        request switch
        {
            { DisplayName: not null } or { Roles: not null } => await users.Edit(
                actor,
                user.Id,
                request.Version,
                request.DisplayName?.Trim() ?? user.DisplayName,
                request.Roles ?? user.Roles
            ),
            { Status: UserState.Disabled } when user.Status != UserState.Disabled => await users.Disable(actor, user.Id, delete: false),
            { Status: UserState.Active } when user.Status is UserState.Disabled or UserState.Deleted => await users.Enable(actor, user.Id),
            _ => new Outcome<UserDetail>.Done(user),
        };

    internal static List<FieldError> Errors(params (string Path, string? Wrong)[] checks) =>
        [.. checks.Where(c => c.Wrong is not null).Select(c => new FieldError(c.Path, "invalid", c.Wrong!))];

    private static UserView View(UserRow u) =>
        new(u.Id, u.Email, u.DisplayName, u.Status, u.Locked, u.TwoFactorEnabled, u.Roles, u.LastLoginAt, u.CreatedAt);
}
