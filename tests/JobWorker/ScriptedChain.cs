using Dapper;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Tests.JobWorker;

/// <summary>Writes what it is told into records, in the transaction it is told in.</summary>
/// <param name="together">Whether its first two steps are one commit.</param>
public sealed class ScriptedChain(string kind, bool together) : IChain
{
    public const string ChainKind = "test";
    public const string Together = "together";

    public string Kind => kind;
    public IReadOnlyList<string> Steps { get; } = ["test.a", "test.b", "test.c"];

    public bool CommitsAfter(string step) => !together || step != "test.a";

    public async Task Record(
        NpgsqlTransaction transaction,
        ChainJob job,
        IReadOnlyList<StepEvent> events,
        CancellationToken cancellationToken
    )
    {
        foreach (var happened in events)
            await transaction.Connection!.ExecuteAsync(
                """
                insert into records (job_id, kind, attempt, outcome, code, actor, finished)
                values (@Id, @Kind, @Attempt, @Outcome, @Code, @Actor, @Finished)
                """,
                new
                {
                    job.Id,
                    happened.Kind,
                    happened.Attempt,
                    happened.Outcome,
                    happened.Code,
                    happened.Actor,
                    job.Finished,
                },
                transaction
            );
    }
}
