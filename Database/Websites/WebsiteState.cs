namespace MPanel.Database.Websites;

/// <summary>States of a website.</summary>
public static class WebsiteState
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Suspended = "suspended";
    public const string Deleted = "deleted";

    public static readonly IReadOnlyList<string> All = [Pending, Active, Suspended, Deleted];
}
