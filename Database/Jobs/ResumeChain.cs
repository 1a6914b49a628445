using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class ResumeChain
{
    /// <summary>Retries a chain's failed step, as <see cref="RetryStep"/> does. Null when the chain didn't stop anywhere.</summary>
    public static async Task<ChangedStep?> Run(NpgsqlTransaction transaction, long chainId)
    {
        // A chain stops at one step: what follows it waits or is cancelled.
        var stopped = await transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            "select id from job_steps where chain_id = @chainId and state = 'failed'",
            new { chainId },
            transaction
        );
        return stopped is { } stepId ? await RetryStep.Run(transaction, stepId) : null;
    }
}
