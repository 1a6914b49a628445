using System.Text.Json;
using MPanel.Database.Audit;
using Npgsql;

namespace MPanel.Web.Commands;

/// <summary>Whoever may run commands has the database's password; what they changed stands in the audit log all the same.</summary>
internal static class CommandAudit
{
    /// <param name="after">What there is now, without secrets; null where nothing is left.</param>
    public static Task Append(NpgsqlTransaction transaction, string action, string subject, object? after = null) =>
        new AuditEntry(
            "system",
            "command line",
            action,
            subject,
            Before: null,
            after is null ? null : JsonSerializer.Serialize(after, JsonSerializerOptions.Web),
            RemoteAddress: null,
            Guid.CreateVersion7().ToString("N")
        ).Append(transaction.Connection!, transaction);
}
