using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Site">Null when the payload is refused.</param>
/// <param name="Failure">Why it is refused; null when it is not.</param>
internal sealed record ParsedSite(HostedSite? Site, TaskFailure? Failure);

/// <summary>A website as the task describes it, checked. Nothing of the payload reaches a path or a configuration in another way.</summary>
/// <param name="User">The system user's name.</param>
/// <param name="Uid">Its id, and its group's.</param>
internal sealed record HostedSite(long WebsiteId, string Domain, IReadOnlyList<string> Aliases, string Plan, string User, uint Uid)
{
    private const int MostAliases = 100;

    public static ParsedSite Parse(TaskLease lease, AgentOptions options)
    {
        HostingPayload payload;
        try
        {
            payload = lease.Payload.Deserialize<HostingPayload>(AgentJson.Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            return new ParsedSite(null, new TaskFailure("payload_invalid", $"The payload cannot be read: {e.Message}", Permanent: true));
        }
        if (Objection(payload, lease, options) is { } objection)
            return new ParsedSite(null, new TaskFailure("payload_invalid", objection, Permanent: true));
        string[] aliases = [.. payload.Aliases.Distinct().Where(a => a != payload.Domain).Order(StringComparer.Ordinal)];
        var uid = (uint)(options.UidBase + payload.WebsiteId);
        return new ParsedSite(
            new HostedSite(payload.WebsiteId, payload.Domain, aliases, payload.Plan, $"{options.UserPrefix}{payload.WebsiteId}", uid),
            null
        );
    }

    private static string? Objection(HostingPayload payload, TaskLease lease, AgentOptions options)
    {
        if (!DomainSyntax.IsValid(payload.Domain))
            return "The payload's domain is not a domain name this node takes.";
        if (payload.Domain != lease.Domain)
            return "The payload's domain is not the task's.";
        if (payload.Aliases.Length > MostAliases || payload.Aliases.Any(a => a is null || !DomainSyntax.IsValid(a)))
            return $"The payload's aliases are not at most {MostAliases} domain names this node takes.";
        if (!DomainSyntax.IsPlan(payload.Plan))
            return "The payload's plan is not a product code.";
        // Subtracted, not added: an id near the type's end must not wrap around.
        if (payload.WebsiteId < 1 || payload.WebsiteId > SiteUserIds.Highest - options.UidBase)
            return "The payload's website id is outside the range of user ids.";
        return null;
    }
}
