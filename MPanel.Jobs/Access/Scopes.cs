using MPanel.Jobs.Outcomes;

namespace MPanel.Jobs.Access;

/// <summary>What an API key can be made for: the routes of the marketing API, every permission, and what gives power away.</summary>
public static class Scopes
{
    public const string OrdersWrite = "orders:write";
    public const string OrdersRead = "orders:read";
    public const string PlansRead = "plans:read";

    public const string KeysCreate = "keys:create";
    public const string UsersCreate = "users:create";
    public const string RolesCreate = "roles:create";
    public const string ServersEnrol = "servers:enrol";

    /// <summary>For service keys only.</summary>
    public static readonly IReadOnlyDictionary<string, string> OfPublicApi = new Dictionary<string, string>
    {
        [OrdersWrite] = "Place orders, as the marketing API does",
        [OrdersRead] = "See the state of an order",
        [PlansRead] = "See what is sold, and for how much",
    };

    /// <summary>
    /// What people are asked their password for. A key does it with such a scope beside the permission, so that a stolen key makes no
    /// others unless it was made for that.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> OfPower = new Dictionary<string, string>
    {
        [KeysCreate] = "Make and rotate keys",
        [UsersCreate] = "Invite users and change their roles",
        [RolesCreate] = "Make and change roles",
        [ServersEnrol] = "Make enrolment codes; service keys need no scope for it",
    };

    /// <summary>The permission without which a scope of <see cref="OfPower"/> is worth nothing.</summary>
    public static readonly IReadOnlyDictionary<string, string> PermissionOfPower = new Dictionary<string, string>
    {
        [KeysCreate] = Permissions.SecurityManage,
        [UsersCreate] = Permissions.UsersManage,
        [RolesCreate] = Permissions.RolesManage,
        [ServersEnrol] = Permissions.ServersManage,
    };

    /// <summary>
    /// Whether somebody may make, or make anew, a key of these scopes: a person of theirs and the public ones, a key of its own. A scope of
    /// <see cref="OfPower"/> is a person's with the permission that it goes with.
    /// </summary>
    public static bool MayGive(Actor actor, IEnumerable<string> scopes) =>
        actor.Authority.Covers(
            actor.Kind == ActorKind.User ? scopes.Except(OfPublicApi.Keys).Select(s => PermissionOfPower.GetValueOrDefault(s, s)) : scopes,
            superAdmin: false
        );

    /// <summary>Why a key may not do what it has the permission for; null for people, who are asked their password instead.</summary>
    /// <param name="scope">One of <see cref="OfPower"/>.</param>
    public static Refusal? Lacks(Actor actor, string scope) =>
        actor.Kind != ActorKind.Key || actor.Authority.Permissions.Contains(scope)
            ? null
            : new Refusal(RefusalKind.Authority, "scope_missing", $"That takes a key with the scope {scope}.");
}
