namespace MPanel.NodeAgent.Logs;

/// <summary>Takes the access log up again and again, beside everything else that the agent does.</summary>
internal sealed class AccessLogs(AgentOptions options, LogRun run, TimeProvider time)
{
    public async Task Run(CancellationToken stopping)
    {
        for (var more = false; ; )
        {
            if (!more)
                await Task.Delay(TimeSpan.FromSeconds(options.AccessLogSeconds), time, stopping);
            stopping.ThrowIfCancellationRequested();
            // A thread of its own: it reads, writes and packs as long as it takes.
            more = await Task.Run(() => run.Once(stopping), stopping);
        }
    }
}
