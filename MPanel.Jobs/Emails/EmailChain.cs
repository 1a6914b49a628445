using System.Text.Json;
using MPanel.Database.Emails;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>Sends an e-mail.</summary>
public sealed class EmailChain : IChain
{
    public string Kind => QueueEmail.Kind;

    public IReadOnlyList<string> Steps => [QueueEmail.Kind];

    public string Queue => JobFace.MailQueue;

    /// <summary>The e-mail's own row says what became of it: one whose work is cancelled by hand is not sent.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        events[^1] is { Outcome: StepOutcome.Cancelled, Actor: var actor }
            ? SendEmail.GiveUp(transaction, IdOf(job.Payload), $"Its job was cancelled by {actor}.")
            : Task.CompletedTask;

    internal static long IdOf(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.GetProperty("emailId").GetInt64();
    }
}
