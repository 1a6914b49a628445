using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>A kind of work on servers.</summary>
/// <param name="Code">Stable: agents, products and the database's CHECK name it.</param>
/// <param name="Title">For people.</param>
/// <param name="ServerRole">Of the servers that do it, unless a product says otherwise.</param>
/// <param name="Payload">The contract's record that its tasks carry.</param>
/// <param name="FollowUp">What follows for everything else when a task of this kind, which is given by its id, has succeeded. May be called again.</param>
public sealed record TaskKindFacts(
    string Code,
    string Title,
    string ServerRole,
    Type Payload,
    Func<NpgsqlTransaction, long, Task> FollowUp
);

/// <summary>All kinds of tasks: the one list of them. Pages, filters, rules, jobs and tests come from it.</summary>
public static class TaskKinds
{
    public static readonly IReadOnlyList<TaskKindFacts> All =
    [
        new(TaskKind.Hosting, "Hosting", ServerRole.Web, typeof(HostingSpec), FollowUpTask.Hosting),
        new(TaskKind.Backup, "Backups", ServerRole.Web, typeof(PlanPayload), FollowUpTask.Run),
        new(TaskKind.Mail, "Mail", ServerRole.Web, typeof(PlanPayload), FollowUpTask.Run),
        new(TaskKind.Ssl, "Certificate", ServerRole.Web, typeof(PlanPayload), FollowUpTask.Run),
    ];

    public static readonly IReadOnlyList<string> Codes = [.. All.Select(k => k.Code)];

    /// <summary>Null for a code that is none of them.</summary>
    public static TaskKindFacts? Find(string? code) => All.FirstOrDefault(k => k.Code == code);
}
