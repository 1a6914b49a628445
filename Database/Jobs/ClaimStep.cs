using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <param name="Attempt">From 1, this one included.</param>
/// <param name="LeaseLost">The attempt before this one never ended: its process died, or outlived its lease.</param>
public sealed record ClaimedStep(
    long Id,
    long ChainId,
    string ChainKind,
    string Kind,
    string Payload,
    string Subject,
    string CorrelationId,
    int Attempt,
    Guid LeaseToken,
    bool LeaseLost
);

public static class ClaimStep
{
    /// <summary>
    /// Leases a due step, or one whose lease has run out. Null when there is nothing to do: it is done, not due yet, or
    /// somebody else's. That makes a duplicate dispatch harmless. A locked row is waited for: skipped, a step that is just being
    /// marked as dispatched would be left to a later sweep.
    /// </summary>
    public static Task<ClaimedStep?> Run(NpgsqlConnection db, long stepId, TimeSpan lease, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<ClaimedStep>(
            new CommandDefinition(
                """
                with claimable as (
                    select id, state = 'running' as lease_lost
                    from job_steps
                    where id = @stepId
                      and (state = 'due' and run_at <= now() or state = 'running' and lease_expires_at <= now())
                    for update
                )
                update job_steps s
                set state = 'running', attempt = s.attempt + 1, lease_token = gen_random_uuid(), lease_expires_at = now() + @lease,
                    dispatched_at = null, updated_at = now()
                from claimable join job_chains c on true
                where s.id = claimable.id and c.id = s.chain_id
                returning s.id, s.chain_id, c.kind as chain_kind, s.kind, s.payload::text as payload, c.subject, c.correlation_id,
                    s.attempt, s.lease_token, claimable.lease_lost
                """,
                new { stepId, lease },
                cancellationToken: cancellationToken
            )
        );
}
