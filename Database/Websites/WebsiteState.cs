namespace MPanel.Database.Websites;

/// <summary>States of a website.</summary>
public static class WebsiteState
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Suspended = "suspended";

    /// <summary>It is suspended, its files are archived, and it is erased when its grace is over.</summary>
    public const string Removing = "removing";

    /// <summary>Nothing of it stands any more.</summary>
    public const string Removed = "removed";

    public static readonly IReadOnlyList<string> All = [Pending, Active, Suspended, Removing, Removed];
}
