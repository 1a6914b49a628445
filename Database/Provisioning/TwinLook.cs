namespace MPanel.Database.Provisioning;

/// <summary>How far a look at tasks and twins goes.</summary>
public enum TwinLook
{
    /// <summary>Tasks without a twin, among the newest. Costs the same however many tasks there are.</summary>
    News,

    /// <summary>And twins that show something else than their task is. Costs more the more tasks are open.</summary>
    Changes,

    /// <summary>And all open tasks without a twin, and jobs that are lost or show something else than they were made to.</summary>
    Everything,
}
