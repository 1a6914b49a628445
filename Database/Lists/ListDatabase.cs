using Npgsql;

namespace MPanel.Database.Lists;

/// <summary>
/// The connections that lists, searches and dashboards read through: apart from those of the sacred path, so that a page can never keep
/// an order waiting; read only; no statement longer than 15 s; and nothing is prepared, so that each statement is planned for the
/// filters it really has.
/// </summary>
public sealed class ListDatabase(string connectionString, string applicationName) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = Db.OpenForReading(connectionString, applicationName);

    public ValueTask<NpgsqlConnection> Open(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
