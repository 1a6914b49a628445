namespace MPanel.Database.Servers;

/// <summary>What a server is for.</summary>
public static class ServerRole
{
    public const string Web = "web";
    public const string Dns = "dns";
    public const string Mail = "mail";
    public const string Db = "db";
    public const string Panel = "panel";

    public static readonly IReadOnlyList<string> All = [Web, Dns, Mail, Db, Panel];
}
