using System.Text.Json;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>What follows from a task that succeeded, as a job of its own: an agent's completion adds it, and doesn't wait for it.</summary>
public sealed class FollowUpChain(TaskKindFacts kind) : IChain
{
    /// <summary>Kind of the chain, and of its only step, for a kind of task: completions name it, too.</summary>
    public static string KindOf(string task) => $"task.{task}";

    public string Kind => KindOf(kind.Code);

    public IReadOnlyList<string> Steps => [Kind];

    /// <summary>The task's own end stands in the order's timeline already.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}

public sealed class FollowUpStep(TaskKindFacts kind) : IStep
{
    public string Kind => FollowUpChain.KindOf(kind.Code);
    public string Title => $"{kind.Title} follow-up";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        using var payload = JsonDocument.Parse(step.Payload);
        var transaction = await step.Begin(cancellationToken);
        await kind.FollowUp(transaction, payload.RootElement.GetProperty("taskId").GetInt64());
        return new StepVerdict.Done();
    }
}
