namespace MPanel.Database.Provisioning;

/// <summary>Codes of the kinds of provisioning tasks: what a product has made on a server. What each is about is said in TaskKinds.</summary>
public static class TaskKind
{
    public const string Hosting = "hosting";
    public const string Backup = "backup";
    public const string Mail = "mail";
    public const string Ssl = "ssl";

    /// <summary>Of a product that needs no server; no task has it.</summary>
    public const string None = "none";
}
