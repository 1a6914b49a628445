using Hangfire.PostgreSql;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Lends Hangfire connections of the application's pool.</summary>
internal sealed class DataSourceConnections(NpgsqlDataSource dataSource) : IConnectionFactory
{
    public NpgsqlConnection GetOrCreateConnection() => dataSource.CreateConnection();
}
