namespace MPanel.Database.Provisioning;

/// <summary>Where PostgreSQL tells that a server has something to claim. The payload is the server's id.</summary>
public static class TaskChannel
{
    public const string Name = "provisioning_tasks";
}
