namespace MPanel.Database.Provisioning;

/// <summary>What became of a call that was made under a lease.</summary>
public enum LeaseAnswer
{
    Accepted,

    /// <summary>The same call was accepted before; nothing was changed.</summary>
    AlreadyDone,

    /// <summary>The lease is not, or no longer, the one that holds the task.</summary>
    StaleLease,

    /// <summary>The attempt was completed before, with another outcome.</summary>
    Contradiction,

    /// <summary>No such task on this server.</summary>
    NotFound,
}
