namespace MPanel.Database.Provisioning;

/// <summary>What a task is called among the jobs, the same on the engine's dashboard and on the panel's own pages.</summary>
public static class TaskTwinWords
{
    /// <summary>What a state of waiting begins with on the dashboard.</summary>
    public const string WaitingPrefix = "Waiting for ";

    /// <summary>Such as <c>Create hosting of example.net (ORD-1042)</c>.</summary>
    public static string Title(string action, string type, string domain, string orderReference) =>
        $"{char.ToUpperInvariant(action[0])}{action[1..]} {type} of {domain} ({orderReference})";

    /// <summary>Such as <c>Waiting for srv1</c>.</summary>
    /// <param name="serverName">Null while no server has room for it.</param>
    public static string Waiting(string? serverName) => WaitingPrefix + (serverName ?? "a server");

    /// <summary>Where a task of this status stands, for the panel's pages: <c>processing on srv1</c>.</summary>
    /// <param name="serverName">Null while no server has room for it.</param>
    public static string State(string status, string? serverName) =>
        status switch
        {
            TaskState.Pending => $"waiting for {serverName ?? "a server"}",
            TaskState.InProgress => $"processing on {serverName}",
            TaskState.Success => "succeeded",
            _ => status,
        };
}
