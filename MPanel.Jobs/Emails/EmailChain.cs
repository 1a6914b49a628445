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

    /// <summary>The e-mail's own row says what became of it.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
