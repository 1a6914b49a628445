using Microsoft.Extensions.Options;
using MPanel.Database;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Web;

/// <summary>Turns what commonly stops a start into one plain sentence.</summary>
public static class StartFailure
{
    /// <returns>The sentence, or null for a failure that deserves its stack trace.</returns>
    public static string? Explain(Exception exception) =>
        exception switch
        {
            InvalidSettingException e => e.Message,
            OptionsValidationException e => $"A setting is missing or wrong: {string.Join("; ", e.Failures)}",
            MigrationConflictException e => e.Message,
            HangfireSchemaException e => e.Message,
            IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e => $"A port is taken: {e.Message}",
            // Raised by a migration, in words for whoever runs it.
            PostgresException { SqlState: PostgresErrorCodes.RaiseException } e => e.MessageText,
            PostgresException e => $"PostgreSQL refused: {e.MessageText} ({e.SqlState})",
            NpgsqlException e => $"PostgreSQL can't be reached: {e.InnerException?.Message ?? e.Message}",
            AggregateException { InnerException: { } inner } => Explain(inner),
            _ => null,
        };
}
