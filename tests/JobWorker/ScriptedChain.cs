using Dapper;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Tests.JobWorker;

/// <summary>Writes what it is told into records, in the transaction it is told in.</summary>
public sealed class ScriptedChain : IChain
{
    public const string ChainKind = "test";

    public string Kind => ChainKind;
    public IReadOnlyList<string> Steps { get; } = ["test.a", "test.b", "test.c"];

    public async Task Record(NpgsqlTransaction transaction, StepEvent stepEvent, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into records (chain_id, kind, attempt, outcome, code, actor, chain_finished)
            values (@ChainId, @Kind, @Attempt, @Outcome, @Code, @Actor, @ChainFinished)
            """,
            stepEvent,
            transaction
        );
}
