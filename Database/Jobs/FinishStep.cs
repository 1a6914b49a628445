using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>The step that follows one just finished.</summary>
/// <param name="Id">Null after the last step of a chain, as is its kind.</param>
public sealed record NextStep(long? Id, string? Kind);

public static class FinishStep
{
    /// <summary>
    /// In the step's own transaction: it is done, and the next one is due. Null when the lease was lost: nothing changed, and the
    /// transaction must not be committed.
    /// </summary>
    public static Task<NextStep?> Run(NpgsqlTransaction transaction, long stepId, Guid leaseToken, CancellationToken cancellationToken) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<NextStep>(
            new CommandDefinition(
                """
                with done as (
                    update job_steps
                    set state = 'done', lease_token = null, lease_expires_at = null, last_error_code = null, last_error = null,
                        finished_at = clock_timestamp(), updated_at = clock_timestamp()
                    where id = @stepId and state = 'running' and lease_token = @leaseToken
                    returning chain_id, position
                ), next as (
                    update job_steps s
                    set state = 'due', attempt = 0, run_at = clock_timestamp(), updated_at = clock_timestamp()
                    from done
                    where s.chain_id = done.chain_id and s.position = done.position + 1 and s.state = 'waiting'
                    returning s.id, s.kind
                )
                select next.id, next.kind from done left join next on true
                """,
                new { stepId, leaseToken },
                transaction,
                cancellationToken: cancellationToken
            )
        );
}
