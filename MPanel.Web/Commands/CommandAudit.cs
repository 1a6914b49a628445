using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Web.Commands;

/// <summary>Whoever may run commands has the database's password; what they changed stands in the audit log all the same.</summary>
internal static class CommandAudit
{
    /// <param name="after">What there is now, without secrets; null where nothing is left.</param>
    public static Task Append(NpgsqlTransaction transaction, string action, string subject, object? after = null) =>
        Actor.System("command line").Audit(action, subject, after: AuditJson.Of(after)).Append(transaction.Connection!, transaction);
}
