using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Domains;
using MPanel.Jobs.Access;
using MPanel.Jobs.Domains;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Domains;

/// <summary>Whether somebody has shown that a domain is its customer's.</summary>
/// <param name="Kind">none, txt, address, registered or staff.</param>
/// <param name="RecordName">Where a TXT record proves it.</param>
/// <param name="RecordText">What it must say.</param>
/// <param name="LookedAt">The last look at its DNS; null before the first.</param>
/// <param name="LookText">What that found, for people.</param>
/// <param name="Nameservers">As the last look that was answered found them.</param>
public sealed record DomainProofView(
    string Kind,
    DateTimeOffset? ProvenAt,
    string RecordName,
    string RecordText,
    DateTimeOffset? LookedAt,
    string? LookText,
    IReadOnlyList<string> Nameservers
)
{
    public static DomainProofView Of(string domain, DomainProof p) =>
        new(
            p.Kind,
            p.ProvenAt,
            $"{DnsLookups.ChallengeLabel}.{domain}",
            DomainProofActions.Record(p),
            p.LookedAt,
            p.LookText,
            p.Nameservers
        );
}

/// <param name="Reason">For the audit log: 1 to 500 characters on one line.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DomainProofRequest(string Reason);

/// <summary>What shows that a domain is its customer's.</summary>
public static class DomainProofRoutes
{
    public static void MapDomainProof(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/admin/domains/{id:long}/verify", Verify)
            .RequirePermission(Permissions.DomainsManage)
            .Refuses(404)
            .WithSummary("Look at the domain's DNS now");
        app.MapPost("/api/admin/domains/{id:long}/prove", Prove)
            .RequirePermission(Permissions.DomainsManage)
            .Refuses(404, 409)
            .WithSummary("Say that the domain is its customer's");
    }

    public static async Task<Results<Ok<DomainProof>, ProblemHttpResult>> Verify(long id, HttpContext context, DomainProofActions proofs) =>
        await (await proofs.Verify(context.Actor(), id, context.RequestAborted)).ToResult(context, "domain", TypedResults.Ok);

    public static async Task<Results<Ok<DomainProof>, ProblemHttpResult>> Prove(
        long id,
        DomainProofRequest request,
        HttpContext context,
        DomainProofActions proofs
    ) => await (await proofs.Prove(context.Actor(), id, request.Reason)).ToResult(context, "domain", TypedResults.Ok);
}
