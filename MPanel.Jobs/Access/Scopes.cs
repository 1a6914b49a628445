using MPanel.Jobs.Outcomes;

namespace MPanel.Jobs.Access;

/// <summary>What an API key can be made for: the routes of the marketing API, and every permission.</summary>
public static class Scopes
{
    public const string OrdersWrite = "orders:write";
    public const string OrdersRead = "orders:read";
    public const string PlansRead = "plans:read";

    public static readonly IReadOnlyDictionary<string, string> OfPublicApi = new Dictionary<string, string>
    {
        [OrdersWrite] = "Place orders, as the marketing API does",
        [OrdersRead] = "See the state of an order",
        [PlansRead] = "See what is sold, and for how much",
    };

    /// <summary>Whether somebody may make, or make anew, a key of these scopes: a person theirs and the public ones, a key its own.</summary>
    public static bool MayGive(Actor actor, IEnumerable<string> scopes) =>
        actor.Authority.Covers(actor.Kind == ActorKind.User ? scopes.Except(OfPublicApi.Keys) : scopes, superAdmin: false);
}
