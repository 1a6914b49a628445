namespace MPanel.NodeAgent;

public static class AgentVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Current { get; } = typeof(AgentVersion).Assembly.GetName().Version!.ToString(3);
}
