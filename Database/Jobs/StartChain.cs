using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <param name="DedupeKey">Starting a chain with a key that exists finds the first and starts nothing.</param>
/// <param name="Subject">What it is about, for people: an order reference, a server's name.</param>
/// <param name="Payload">JSON, handed to every step.</param>
/// <param name="Steps">Step kinds in the order they run.</param>
public sealed record NewChain(
    string Kind,
    string DedupeKey,
    string Subject,
    string CorrelationId,
    string Payload,
    IReadOnlyList<string> Steps
);

/// <param name="Created">False when the dedupe key existed.</param>
public sealed record StartedChain(long ChainId, long FirstStepId, bool Created);

public static class StartChain
{
    /// <summary>Writes the chain and its steps in the caller's transaction: committed with the business rows, or neither.</summary>
    public static async Task<StartedChain> Run(NpgsqlTransaction transaction, NewChain chain)
    {
        var db = transaction.Connection!;
        var created = await db.QuerySingleOrDefaultAsync<StartedChain>(
            """
            with chain as (
                insert into job_chains (kind, dedupe_key, subject, correlation_id)
                values (@Kind, @DedupeKey, @Subject, @CorrelationId)
                on conflict (dedupe_key) do nothing
                returning id
            ), steps as (
                insert into job_steps (chain_id, position, kind, payload, state)
                select chain.id, s.position, s.kind, @Payload::jsonb, case s.position when 1 then 'due' else 'waiting' end
                from chain cross join unnest(@Steps) with ordinality as s (kind, position)
                returning id, chain_id, position
            )
            select chain_id, id as first_step_id, true as created from steps where position = 1
            """,
            new
            {
                chain.Kind,
                chain.DedupeKey,
                chain.Subject,
                chain.CorrelationId,
                chain.Payload,
                Steps = chain.Steps.ToArray(),
            },
            transaction
        );
        return created
            ?? await db.QuerySingleAsync<StartedChain>(
                """
                select c.id as chain_id, s.id as first_step_id, false as created
                from job_chains c join job_steps s on s.chain_id = c.id and s.position = 1
                where c.dedupe_key = @DedupeKey
                """,
                new { chain.DedupeKey },
                transaction
            );
    }
}
