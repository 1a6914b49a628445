using MPanel.Database.Domains;
using MPanel.Database.Timelines;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Domains;

/// <summary>Looks at the DNS of unproven domains that serve a website: after minutes first, then daily, until something is proven.</summary>
public sealed class DomainProofJob(NpgsqlDataSource dataSource, DomainProofActions actions) : IRecurringJob
{
    private const int Batch = 20;

    public string Id => "domains.proof";
    public string Cron => "* * * * *";
    public string Does => "Looks at the DNS of domains that nobody has proven to be theirs.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var due = await ProveDomain.Due(db, Batch);
        var proven = 0;
        foreach (var id in due)
            if (
                await actions.Verify(Actor.System(TimelineLine.Panel), id, cancellationToken)
                    is Outcome<DomainProof>.Done { Value: var proof }
                && proof.Kind != ProofKind.None
            )
                proven++;
        return $"{due.Count} looked at, {proven} proven.";
    }
}
