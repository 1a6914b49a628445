using MPanel.Database.Audit;
using MPanel.Jobs.Access;

namespace MPanel.Jobs.Outcomes;

/// <summary>Kinds of actors, as the audit log names them.</summary>
public static class ActorKind
{
    public const string User = "user";
    public const string Key = "api_key";
    public const string Server = "server";
    public const string System = "system";
    public const string Anonymous = "anonymous";

    public static readonly IReadOnlyList<string> All = [User, Key, Server, System, Anonymous];
}

/// <summary>Who does something, and from where.</summary>
/// <param name="Kind">One of <see cref="ActorKind"/>.</param>
/// <param name="Id">Of the user, key or server; null for whoever has none.</param>
/// <param name="Name">As timelines and the audit log name them; empty for somebody anonymous.</param>
/// <param name="Authority">How far their power goes.</param>
/// <param name="Address">IP address; null where no network lies between.</param>
/// <param name="CorrelationId">Of the request, or of whatever else it belongs to.</param>
public sealed record Actor(string Kind, long? Id, string Name, Authority Authority, string? Address, string CorrelationId)
{
    /// <summary>A key that acts in the name of its owner.</summary>
    public bool Personal { get; init; }

    /// <summary>Of a user in a browser.</summary>
    public long? SessionId { get; init; }

    /// <summary>The panel's own host: whoever may run its commands has the database's password.</summary>
    /// <param name="name">Such as <c>command line</c>.</param>
    public static Actor System(string name) =>
        new(ActorKind.System, Id: null, name, Authority.None, Address: null, Guid.CreateVersion7().ToString("N"));

    /// <param name="subject">Such as <c>order ORD-1042</c>.</param>
    /// <param name="before">JSON, or null for something new.</param>
    /// <param name="after">JSON, or null where nothing is left.</param>
    public AuditEntry Audit(string action, string subject, string? before = null, string? after = null) =>
        new(Kind, Name, action, subject, before, after, Address, CorrelationId);
}
