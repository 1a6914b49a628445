namespace MPanel.NodeAgent.Work;

/// <summary>A step that touches the world outside the process, by the name it has in logs and in the fault switch.</summary>
/// <param name="Changes">False when giving the task back after it leaves no trace.</param>
internal sealed record Effect(string Name, bool Changes = true)
{
    public static readonly Effect Lock = new("lock", Changes: false);
    public static readonly Effect Recover = new("vhost.recover", Changes: false);
    public static readonly Effect UserAdd = new("user.add");
    public static readonly Effect TreeClear = new("tree.clear");
    public static readonly Effect TreeStage = new("tree.stage");
    public static readonly Effect TreeMarker = new("tree.marker");
    public static readonly Effect TreePublic = new("tree.public");
    public static readonly Effect TreePage = new("tree.page");
    public static readonly Effect TreeOwner = new("tree.owner");
    public static readonly Effect TreeRename = new("tree.rename");
    public static readonly Effect NginxStart = new("nginx.start");
    public static readonly Effect VhostKeep = new("vhost.keep");
    public static readonly Effect VhostJournal = new("vhost.journal");
    public static readonly Effect VhostWrite = new("vhost.write");
    public static readonly Effect VhostRename = new("vhost.rename");
    public static readonly Effect NginxTest = new("nginx.test");
    public static readonly Effect NginxReload = new("nginx.reload");
    public static readonly Effect SiteProbe = new("site.probe");
    public static readonly Effect VhostCommit = new("vhost.commit");
    public static readonly Effect RollbackFile = new("rollback.file");
    public static readonly Effect RollbackReload = new("rollback.reload");
    public static readonly Effect RollbackCommit = new("rollback.commit");
    public static readonly Effect Hooks = new("hooks");
    public static readonly Effect OutcomeKept = new("outcome.kept");
    public static readonly Effect OutcomeSent = new("outcome.sent");

    /// <summary>Those a task meets that creates a website on a fresh node and succeeds, in order.</summary>
    public static IReadOnlyList<Effect> OfCreation { get; } =
    [
        Lock,
        UserAdd,
        TreeStage,
        TreeMarker,
        TreePublic,
        TreePage,
        TreeOwner,
        TreeRename,
        VhostJournal,
        VhostWrite,
        VhostRename,
        NginxTest,
        NginxReload,
        SiteProbe,
        VhostCommit,
        Hooks,
        OutcomeKept,
        OutcomeSent,
    ];

    /// <summary>Those only some tasks meet: left-overs to clear, nginx down, a configuration replaced, a failure undone.</summary>
    public static IReadOnlyList<Effect> OfOtherWays { get; } =
    [Recover, TreeClear, NginxStart, VhostKeep, RollbackFile, RollbackReload, RollbackCommit];

    public static IReadOnlyList<Effect> All { get; } = [.. OfCreation, .. OfOtherWays];
}
