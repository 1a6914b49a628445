namespace MPanel.Database.Provisioning;

/// <summary>What a task is about.</summary>
/// <param name="Kind">The table's singular.</param>
public sealed record TaskSubject(string Kind, long Id)
{
    public static TaskSubject Subscription(long id) => new("subscription", id);
}
