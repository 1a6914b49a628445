using System.Text.Json.Serialization;
using MPanel.Database.Servers;

namespace MPanel.Web.Api.Servers;

/// <summary>A server in the list.</summary>
/// <param name="State">active, draining, maintenance or retired.</param>
/// <param name="Online">Its agent was heard of lately.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Capabilities">Task types its agent can do.</param>
public sealed record ServerView(
    long Id,
    string Name,
    IReadOnlyList<string> Roles,
    string Address,
    string State,
    IReadOnlyList<string> Tags,
    int WebsiteCapacity,
    int WebsiteCount,
    bool Online,
    string? Problem,
    DateTimeOffset? HeardAt,
    string? AgentVersion,
    IReadOnlyList<string> Capabilities,
    DateTimeOffset CreatedAt
)
{
    public static ServerView Of(ServerRow s) =>
        new(
            s.Id,
            s.Name,
            s.Roles,
            s.Address,
            s.State,
            s.Tags,
            s.WebsiteCapacity,
            s.WebsiteCount,
            s.Online,
            s.Problem,
            s.HeardAt,
            s.AgentVersion,
            s.Capabilities,
            s.CreatedAt
        );
}

/// <summary>One server.</summary>
/// <param name="State">active, draining, maintenance or retired.</param>
/// <param name="RetiredAt">When it left for good; null until then.</param>
/// <param name="LostAt">The same of one that was declared lost, with all that stood there; null for others.</param>
/// <param name="WebsiteCapacity">How many websites are placed on it at most.</param>
/// <param name="Version">Raised by each edit; the next one names it.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Online">Its agent was heard of lately.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well, as is since when.</param>
/// <param name="Capabilities">Task types its agent can do; empty when it has never reported.</param>
/// <param name="FreeSlots">How many more tasks its agent would take; null when it has never reported.</param>
public sealed record ServerFullView(
    long Id,
    string Name,
    IReadOnlyList<string> Roles,
    string Address,
    string State,
    IReadOnlyList<string> Tags,
    int WebsiteCapacity,
    int WebsiteCount,
    int Version,
    DateTimeOffset? HeardAt,
    bool Online,
    string? Problem,
    DateTimeOffset? UnwellSince,
    string? AgentVersion,
    IReadOnlyList<string> Capabilities,
    int? FreeSlots,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? LostAt
)
{
    public static ServerFullView Of(ServerDetail s) =>
        new(
            s.Id,
            s.Settings.Name,
            s.Settings.Roles,
            s.Settings.Address,
            s.State,
            s.Settings.Tags,
            s.Settings.WebsiteCapacity,
            s.WebsiteCount,
            s.Version,
            s.Agent.HeardAt,
            s.Agent.Online,
            s.Agent.Problem,
            s.Agent.UnwellSince,
            s.Agent.AgentVersion,
            s.Agent.Capabilities,
            s.Agent.FreeSlots,
            s.CreatedAt,
            s.UpdatedAt,
            s.RetiredAt,
            s.LostAt
        );
}

/// <param name="Tokens">Those that its agent proves itself with, valid ones first; at most 20.</param>
public sealed record ServerDetailView(ServerFullView Server, IReadOnlyList<AgentToken> Tokens);

/// <param name="Name">1 to 63 of a-z, 0-9 and -.</param>
/// <param name="Roles">At least one of web, dns, mail, db and panel.</param>
/// <param name="Address">IP address.</param>
/// <param name="WebsiteCapacity">How many websites are placed on it at most.</param>
/// <summary>What stands on a server.</summary>
/// <param name="Unwell">The first 200 of what doesn't stand as it shall.</param>
/// <param name="Orphans">The first 200 of what the node has and this panel doesn't know, or not there.</param>
public sealed record InventoryView(ServerInventory Look, IReadOnlyList<UnwellPlacement> Unwell, IReadOnlyList<ServerOrphan> Orphans);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewServerRequest(string Name, string[] Roles, string Address, string[]? Tags = null, int WebsiteCapacity = 0);

/// <summary>What is left out stays as it is.</summary>
/// <param name="Version">The version that the change was made of.</param>
/// <param name="State">active, draining or maintenance.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ServerPatch(
    int Version,
    string? Name = null,
    string[]? Roles = null,
    string? Address = null,
    string[]? Tags = null,
    int? WebsiteCapacity = null,
    string? State = null
)
{
    public bool HasSettings =>
        Name is not null || Roles is not null || Address is not null || Tags is not null || WebsiteCapacity is not null;
}

/// <param name="Code">What the agent's first start is given; works once, and can't be had again.</param>
public sealed record EnrolmentCodeView(string Server, string Code, int ValidForSeconds);
