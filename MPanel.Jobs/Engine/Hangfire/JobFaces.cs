using System.Globalization;
using System.Text.Json;
using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>How this process writes jobs for the dashboard.</summary>
public sealed class JobFaces(StepCatalogue catalogue)
{
    public JobFace Face { get; } =
        new(
            OutboxJob.Invocation,
            JsonSerializer.Serialize(catalogue.Titles),
            string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:outbox")
        )
        {
            Lanes = JsonSerializer.Serialize(catalogue.Lanes),
        };
}
