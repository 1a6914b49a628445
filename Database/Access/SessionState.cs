namespace MPanel.Database.Access;

/// <summary>States of a session.</summary>
public static class SessionState
{
    public const string AwaitingCode = "awaiting_code";
    public const string Active = "active";
    public const string Ended = "ended";
}
