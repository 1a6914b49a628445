using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>The step that follows one just finished. Attempt is 1 and the lease the caller's when it walks on; 0 when it was only made due.</summary>
/// <param name="Id">Null after the last step of a chain, as are the others.</param>
public sealed record NextStep(long? Id, string? Kind, int? Attempt, Guid? LeaseToken);

public static class FinishStep
{
    /// <summary>
    /// In the step's own transaction: it is done, and the next one is due or, when the caller walks on, running under a lease of the
    /// caller's. Null when the lease was lost: nothing changed, and the transaction must not be committed.
    /// </summary>
    public static Task<NextStep?> Run(
        NpgsqlTransaction transaction,
        long stepId,
        Guid leaseToken,
        bool walk,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
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
                    set state = case when @walk then 'running' else 'due' end,
                        attempt = case when @walk then 1 else 0 end,
                        lease_token = case when @walk then gen_random_uuid() end,
                        lease_expires_at = case when @walk then clock_timestamp() + @lease end,
                        run_at = clock_timestamp(), updated_at = clock_timestamp()
                    from done
                    where s.chain_id = done.chain_id and s.position = done.position + 1 and s.state = 'waiting'
                    returning s.id, s.kind, s.attempt, s.lease_token
                )
                select next.id, next.kind, next.attempt, next.lease_token from done left join next on true
                """,
                new
                {
                    stepId,
                    leaseToken,
                    walk,
                    lease,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
}
