using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Site">Null when the payload is refused.</param>
/// <param name="Failure">Why it is refused; null when it is not.</param>
internal sealed record ParsedSite(HostedSite? Site, TaskFailure? Failure);

/// <summary>A website as the task describes it, checked. Nothing of the payload reaches a path or a configuration in another way.</summary>
/// <param name="Spec">Its names in order.</param>
/// <param name="Hash">Of the specification: 64 hexadecimal digits.</param>
/// <param name="User">The system user's name.</param>
/// <param name="Uid">Its id, and its group's.</param>
/// <param name="FirstRelease">From a panel of the first release, which sends no revision.</param>
internal sealed record HostedSite(HostingSpec Spec, string Hash, string User, uint Uid, bool FirstRelease = false)
{
    public long WebsiteId => Spec.WebsiteId;

    /// <summary>Names the website in nginx's maps and among the directories.</summary>
    public string Key => KeyOf(WebsiteId);
    public string Primary => PrimaryOf(Spec);

    public bool IsSuspended => Spec.State == SiteState.Suspended;

    public static string KeyOf(long websiteId) => $"s{websiteId}";

    public static string PrimaryOf(HostingSpec spec) => spec.Names.First(n => n.Role == SiteNameRole.Primary).Name;

    /// <summary>From a task's payload.</summary>
    public static ParsedSite Parse(TaskLease lease, AgentOptions options, PlanLimits plans) =>
        lease.Action == FirstReleasePayload.Action ? FirstReleasePayload.Parse(lease, options, plans) : ParseSpec(lease, options);

    /// <summary>Of a specification that has been checked.</summary>
    public static HostedSite Of(HostingSpec spec, AgentOptions options, bool firstRelease = false)
    {
        var ordered = spec with { Names = [.. spec.Names.OrderBy(n => n.Name, StringComparer.Ordinal)] };
        return new HostedSite(
            ordered,
            SpecHash.Of(ordered),
            $"{options.UserPrefix}{spec.WebsiteId}",
            (uint)(options.UidBase + spec.WebsiteId),
            firstRelease
        );
    }

    private static ParsedSite ParseSpec(TaskLease lease, AgentOptions options)
    {
        try
        {
            var spec = lease.Payload.Deserialize<HostingSpec>(AgentJson.Options) ?? throw new JsonException("It is null.");
            // Only the first release's contract has neither.
            if (spec.Revision < 1 || spec.Epoch == Guid.Empty)
                return new ParsedSite(null, SpecCheck.Invalid("The payload has no revision or no epoch."));
            var objection = lease.Action == TaskVerb.Remove ? SpecCheck.Identity(spec, options) : SpecCheck.Objection(spec, options);
            return objection is null ? new ParsedSite(Of(spec, options), null) : new ParsedSite(null, objection);
        }
        catch (JsonException e)
        {
            return new ParsedSite(null, SpecCheck.Invalid($"The payload cannot be read: {e.Message}"));
        }
    }
}
