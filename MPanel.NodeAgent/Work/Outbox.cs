using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>An outcome the panel has not acknowledged yet.</summary>
/// <param name="Lines">Log lines that were still unsent.</param>
internal sealed record KeptOutcome(long TaskId, string Domain, string CorrelationId, CompleteRequest Request, LogLine[] Lines);

/// <summary>Outcomes on disk, a file each, from before they are sent until the panel has acknowledged them.</summary>
internal sealed partial class Outbox(AgentOptions options, ILogger<Outbox> logger)
{
    private readonly string _directory = Path.Combine(options.StateDirectory, "outbox");
    private readonly string _aside = Path.Combine(options.StateDirectory, "outbox-aside");

    public void Prepare()
    {
        Directory.CreateDirectory(_directory);
        Directory.CreateDirectory(_aside);
        // An outcome that never got its name was never kept: its task runs again.
        foreach (var unfinished in Directory.GetFiles(_directory, "*.tmp"))
            File.Delete(unfinished);
    }

    public void Put(KeptOutcome outcome) =>
        DurableFile.Write(PathOf(outcome), JsonSerializer.SerializeToUtf8Bytes(outcome, AgentJson.Options), DurableFile.Private);

    /// <summary>All that is kept, the oldest first. A file that cannot be read is set aside, so that it stops nothing.</summary>
    public IReadOnlyList<KeptOutcome> All()
    {
        var outcomes = new List<KeptOutcome>();
        foreach (var file in new DirectoryInfo(_directory).GetFiles("*.json").OrderBy(f => f.LastWriteTimeUtc))
        {
            if (Read(file.FullName) is { } outcome)
                outcomes.Add(outcome);
        }
        return outcomes;
    }

    public void Remove(KeptOutcome outcome) => DurableFile.Delete(PathOf(outcome));

    /// <summary>For what the panel will never take: kept for people, no longer sent.</summary>
    public void SetAside(KeptOutcome outcome) => SetAside(PathOf(outcome));

    private KeptOutcome? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<KeptOutcome>(File.ReadAllBytes(path), AgentJson.Options)
                ?? throw new JsonException("It is null.");
        }
        catch (FileNotFoundException)
        {
            // Delivered and removed while the directory was read.
            return null;
        }
        catch (JsonException e)
        {
            SetAside(path);
            LogUnreadable(path, _aside, e.Message);
            return null;
        }
    }

    private void SetAside(string path) => DurableFile.Rename(path, Path.Combine(_aside, Path.GetFileName(path)));

    private string PathOf(KeptOutcome outcome) => Path.Combine(_directory, $"{outcome.TaskId}-{outcome.Request.LeaseToken:N}.json");

    [LoggerMessage(Level = LogLevel.Error, Message = "The kept outcome {File} cannot be read and was set aside in {Directory}: {Reason}")]
    private partial void LogUnreadable(string file, string directory, string reason);
}
