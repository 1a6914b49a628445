using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace MPanel.Database;

/// <summary>How this program opens PostgreSQL: one data source a process.</summary>
public static class Db
{
    /// <param name="connectionString">
    /// Npgsql's format, of one server or of several of which one is the primary. Unless it says otherwise: statements are prepared
    /// automatically, at most 40 connections, 5 s to get one.
    /// </param>
    /// <param name="applicationName">Shown in pg_stat_activity.</param>
    public static NpgsqlDataSource Open(string connectionString, string applicationName)
    {
        MapTypes();
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = applicationName,
            // Else every use of a pooled connection begins with seven statements that undo what nobody did: session state is not changed
            // here, but for advisory locks, whose holder gives them back, and listening connections, which listen as long as they live.
            // An open transaction is rolled back in any case.
            NoResetOnClose = true,
            // A commit that waits for a synchronous standby succeeds when it is cancelled, though no standby has it. Who gives a statement
            // up must not hear of that success: the connection ends instead, and what became of the statement is unknown, as it is.
            CancellationTimeout = -1,
        };
        var given = Given(connectionString);
        if (!given.Contains("MaxAutoPrepare"))
            settings.MaxAutoPrepare = 200;
        // Npgsql's own 100 a process would let a handful of processes take every connection the database has.
        if (!given.Contains("MaximumPoolSize") && !given.Contains("MaxPoolSize"))
            settings.MaxPoolSize = 40;
        return PrimaryServer.Open(settings, given);
    }

    /// <summary>At most 10 connections that can't write, prepare nothing, and give a statement up after 15 s.</summary>
    internal static NpgsqlDataSource OpenForReading(string connectionString, string applicationName)
    {
        MapTypes();
        return PrimaryServer.Open(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                ApplicationName = applicationName,
                NoResetOnClose = true,
                MaxAutoPrepare = 0,
                MaxPoolSize = 10,
                Options = "-c default_transaction_read_only=on -c statement_timeout=15000",
            },
            Given(connectionString)
        );
    }

    /// <summary>The names of what the text sets, without the spaces.</summary>
    private static HashSet<string> Given(string connectionString) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }
            .Keys.Cast<string>()
            .Select(k => k.Replace(" ", "", StringComparison.Ordinal))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static void MapTypes()
    {
        SqlMapper.AddTypeHandler(new UtcTimestamps());
        SqlMapper.AddTypeHandler(new TextArrays());
        SqlMapper.AddTypeHandler(new IdArrays());
        // A positional record is filled only when every column's name matches its parameter: chain_id is ChainId.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    private sealed class UtcTimestamps : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTime time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : (DateTimeOffset)value;

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }

    /// <summary>Npgsql announces a text[] column as Array, which matches no record's parameter by itself.</summary>
    private sealed class TextArrays : SqlMapper.TypeHandler<string[]>
    {
        public override string[] Parse(object value) => (string[])value;

        public override void SetValue(IDbDataParameter parameter, string[]? value) => parameter.Value = value ?? (object)DBNull.Value;
    }

    /// <summary>The same of bigint[].</summary>
    private sealed class IdArrays : SqlMapper.TypeHandler<long[]>
    {
        public override long[] Parse(object value) => (long[])value;

        public override void SetValue(IDbDataParameter parameter, long[]? value) => parameter.Value = value ?? (object)DBNull.Value;
    }
}
