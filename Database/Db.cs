using System.Data;
using Dapper;
using Npgsql;

namespace MPanel.Database;

/// <summary>How this program opens PostgreSQL: one data source a process.</summary>
public static class Db
{
    /// <param name="connectionString">Npgsql's format. Unless it says otherwise: statements are prepared automatically, at most 40 connections.</param>
    /// <param name="applicationName">Shown in pg_stat_activity.</param>
    public static NpgsqlDataSource Open(string connectionString, string applicationName)
    {
        SqlMapper.AddTypeHandler(new UtcTimestamps());
        SqlMapper.AddTypeHandler(new TextArrays());
        // A positional record is filled only when every column's name matches its parameter: chain_id is ChainId.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = applicationName,
            // Else every use of a pooled connection begins with seven statements that undo what nobody did: session state is not changed
            // here, but for advisory locks, whose holder gives them back, and listening connections, which listen as long as they live.
            // An open transaction is rolled back in any case.
            NoResetOnClose = true,
        };
        var given = connectionString.Replace(" ", "", StringComparison.Ordinal);
        if (!given.Contains("MaxAutoPrepare", StringComparison.OrdinalIgnoreCase))
            settings.MaxAutoPrepare = 200;
        // Npgsql's own 100 a process would let a handful of processes take every connection the database has.
        if (!given.Contains("PoolSize", StringComparison.OrdinalIgnoreCase))
            settings.MaxPoolSize = 40;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
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
}
