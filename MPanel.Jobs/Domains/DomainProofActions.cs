using System.Net;
using System.Net.Sockets;
using MPanel.Database.Domains;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Domains;

/// <summary>Finds out, or is told, that a domain is its customer's.</summary>
public sealed class DomainProofActions(NpgsqlDataSource dataSource, DnsLookups dns)
{
    private const int LongestReason = 500;

    /// <summary>What a TXT record at the challenge's name must say.</summary>
    public static string Record(DomainProof proof) => $"mpanel-domain-verification={proof.Challenge}";

    /// <summary>Looks at the domain's DNS now.</summary>
    public async Task<Outcome<DomainProof>> Verify(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await DomainFacts.Of(db, id) is not { } domain || await DomainProof.Of(db, id) is not { } before)
            return new Outcome<DomainProof>.Missing();
        var addresses = await ProveDomain.Addresses(db, id);
        var look = Judge(domain.Name, before, addresses, await dns.Of(domain.Name, cancellationToken));
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        await ProveDomain.Look(transaction, id, before.Challenge, look);
        var after = (await DomainProof.Of(db, id))!;
        if (after.Kind != before.Kind)
            await actor
                .Audit(
                    "domain.proof_changed",
                    $"domain {domain.Name}",
                    AuditJson.Of(new { proof = before.Kind }),
                    AuditJson.Of(new { proof = after.Kind })
                )
                .Append(db, transaction);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome<DomainProof>.Done(after);
    }

    /// <summary>A person says that it is its customer's.</summary>
    public async Task<Outcome<DomainProof>> Prove(Actor actor, long id, string? reason)
    {
        var why = reason?.Trim() ?? "";
        if (why.Length is 0 or > LongestReason || why.Any(char.IsControl))
            return Refusal.Invalid("reason", "malformed", $"1 to {LongestReason} characters on one line.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await DomainFacts.Of(db, id) is not { } domain || await DomainProof.Of(db, id) is not { } before)
            return new Outcome<DomainProof>.Missing();
        if (!await ProveDomain.ByStaff(transaction, id))
            return Refusal.State("proven_already", $"{domain.Name} is proven already.");
        await actor
            .Audit(
                "domain.proof_changed",
                $"domain {domain.Name}",
                AuditJson.Of(new { proof = before.Kind }),
                AuditJson.Of(new { proof = ProofKind.Staff, reason = why })
            )
            .Append(db, transaction);
        var after = (await DomainProof.Of(db, id))!;
        await transaction.CommitAsync();
        return new Outcome<DomainProof>.Done(after);
    }

    private static DomainLook Judge(string domain, DomainProof proof, IReadOnlyList<string> servers, DnsFindings found)
    {
        string[] nameservers = [.. found.Nameservers];
        // An answer proves whatever else was left unanswered.
        if (found.Challenges.Contains(Record(proof), StringComparer.Ordinal))
            return new(true, ProofKind.Txt, "The challenge stands in its DNS.", nameservers);
        if (found.Addresses.FirstOrDefault(a => IsPublic(a) && servers.Contains(a.ToString())) is { } address)
            return new(true, ProofKind.Address, $"It leads to {address}, the server that serves it.", nameservers);
        if (!found.Answered)
            return new(false, ProofKind.None, "DNS could not be asked, or did not answer. Nothing is known by this.", nameservers);
        var leads = found.Addresses.Count == 0 ? "has no address" : $"leads to {string.Join(", ", found.Addresses.Take(3))}";
        return new(true, ProofKind.None, $"No challenge stands in its DNS, and {domain} {leads}.", nameservers);
    }

    /// <summary>An address that anybody may use inside their own network says nothing of a server of ours.</summary>
    private static bool IsPublic(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal)
            return false;
        if (address.AddressFamily != AddressFamily.InterNetwork)
            return !address.IsIPv4MappedToIPv6;
        var bytes = address.GetAddressBytes();
        return bytes switch
        {
            [0 or 10 or 127, ..] => false,
            [100, >= 64 and < 128, ..] => false,
            [169, 254, ..] => false,
            [172, >= 16 and < 32, ..] => false,
            [192, 168, ..] => false,
            _ => bytes[0] < 224,
        };
    }
}
