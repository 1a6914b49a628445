using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Hosting;

/// <summary>What a panel of the first release sends, as a specification of revision 0. For one release.</summary>
internal static class FirstReleasePayload
{
    public const string Action = "create";

    public static ParsedSite Parse(TaskLease lease, AgentOptions options, PlanLimits plans)
    {
        HostingPayload payload;
        try
        {
            payload = lease.Payload.Deserialize<HostingPayload>(AgentJson.Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            return new ParsedSite(null, SpecCheck.Invalid($"The payload cannot be read: {e.Message}"));
        }
        if (Objection(payload, lease) is { } objection)
            return new ParsedSite(null, SpecCheck.Invalid(objection));
        var spec = SpecOf(payload, plans.Of(payload.Plan).Limits);
        return SpecCheck.Objection(spec, options) is { } failure
            ? new ParsedSite(null, failure)
            : new ParsedSite(HostedSite.Of(spec, options, firstRelease: true), null);
    }

    private static string? Objection(HostingPayload payload, TaskLease lease)
    {
        if (payload.Domain != lease.Domain)
            return "The payload's domain is not the task's.";
        if (payload.Aliases.Any(a => a is null))
            return "One of the payload's aliases is missing.";
        return DomainSyntax.IsPlan(payload.Plan) ? null : "The payload's plan is not a product code.";
    }

    private static HostingSpec SpecOf(HostingPayload payload, PlanOptions plan) =>
        new(
            payload.WebsiteId,
            Revision: 0,
            Guid.Empty,
            SiteState.Active,
            SuspendedFor: null,
            [
                new SiteName(payload.Domain, SiteNameRole.Primary),
                .. payload.Aliases.Distinct().Where(a => a != payload.Domain).Select(a => new SiteName(a, SiteNameRole.Alias)),
            ],
            new SiteLimits(0, 0, plan.MaxUploadMegabytes, 0, 0, 0, 0),
            Php: null,
            new SiteTls("off"),
            Sftp: [],
            Cron: [],
            Serve: "static"
        );
}
