using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Access;

/// <param name="Permissions">Codes.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewRole(string Name, string[] Permissions, string Description = "", bool RequiresTwoFactor = false);

/// <param name="Version">As it was read; 409 when somebody else changed the role since.</param>
/// <param name="Permissions">Codes, all of them; null to leave them. So with the others.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RoleChange(
    int Version,
    string? Name = null,
    string? Description = null,
    bool? RequiresTwoFactor = null,
    string[]? Permissions = null
);

public static class RoleRoutes
{
    public static void MapRoles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/roles", All).RequirePermission(Permissions.RolesView).WithSummary("Every role with its permissions");
        app.MapPost("/api/admin/roles", Create).RequirePermission(Permissions.RolesManage).Refuses(409).WithSummary("Create a role");
        app.MapPatch("/api/admin/roles/{id:long}", Change)
            .RequirePermission(Permissions.RolesManage)
            .Refuses(404, 409)
            .WithSummary("Change a role");
    }

    public static async Task<Ok<Page<RoleRow>>> All(HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        var roles = await Roles.All(db);
        return TypedResults.Ok(new Page<RoleRow>(roles, roles.Count, null));
    }

    public static async Task<Results<Created<RoleRow>, ProblemHttpResult>> Create(
        NewRole request,
        HttpContext context,
        RoleActions roles,
        ListDatabase database
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        var content = new RoleContent(request.Name.Trim(), request.Description.Trim(), request.RequiresTwoFactor, request.Permissions);
        var errors = await Check(db, content);
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        var created = await roles.Create(context.Actor(), content);
        return await created.ToResult(context, "role", role => TypedResults.Created($"/api/admin/roles/{role.Id}", role));
    }

    public static async Task<Results<Ok<RoleRow>, ProblemHttpResult>> Change(
        long id,
        RoleChange request,
        HttpContext context,
        RoleActions roles,
        ListDatabase database
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await Roles.Find(db, id) is not { } role)
            return Problems.NotFound("role");
        var content = new RoleContent(
            request.Name?.Trim() ?? role.Name,
            request.Description?.Trim() ?? role.Description,
            request.RequiresTwoFactor ?? role.RequiresTwoFactor,
            request.Permissions ?? role.Permissions
        );
        var errors = await Check(db, content);
        if (errors.Count > 0)
            return Problems.Invalid(errors);
        return await (await roles.Edit(context.Actor(), id, request.Version, content)).ToResult(context, "role", TypedResults.Ok);
    }

    private static async Task<List<FieldError>> Check(Npgsql.NpgsqlConnection db, RoleContent role)
    {
        var known = (await Roles.Permissions(db)).Select(p => p.Code).ToHashSet();
        return UserRoutes.Errors(
            ("name", UserRules.CheckName(role.Name) ?? (UserRules.RoleCode(role.Name) is null ? "Use some letters or digits." : null)),
            ("description", UserRules.CheckDescription(role.Description)),
            (
                "permissions",
                role.Permissions.FirstOrDefault(p => !known.Contains(p)) is { } unknown ? $"There is no permission {unknown}." : null
            )
        );
    }
}
