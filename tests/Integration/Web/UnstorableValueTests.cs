using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Web;

/// <summary>A value that the database refuses is one request's failure, and nobody's after it.</summary>
public sealed class UnstorableValueTests : IAsyncLifetime
{
    /// <summary>Npgsql prepares a statement the fifth time that a connection runs it.</summary>
    private const int UntilPrepared = 4;

    private const string Statement = "select count(*)::int from roles where code = any(@codes)";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() =>
        _panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });

    public ValueTask DisposeAsync() => _panel.DisposeAsync();

    [Fact]
    public async Task Value_RefusedWhileItsStatementIsPrepared_FailsNobodyElse()
    {
        var refused = await RefusedWhilePreparing();

        await _panel
            .Services.GetServices<IExceptionHandler>()
            .Single()
            .TryHandleAsync(new DefaultHttpContext { RequestServices = _panel.Services }, refused, CancellationToken.None);

        // All that wait in the pool, at once.
        var connections = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _panel.DataSource.OpenConnectionAsync().AsTask()));
        foreach (var db in connections)
            Assert.Equal(1, await Known(db, "support"));
        foreach (var db in connections)
            await db.DisposeAsync();
    }

    private async Task<PostgresException> RefusedWhilePreparing()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        for (var i = 0; i < UntilPrepared; i++)
            await Known(db, i.ToString(CultureInfo.InvariantCulture));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Known(db, "\0"));
        Assert.Equal("22021", refused.SqlState);
        return refused;
    }

    private static Task<int> Known(NpgsqlConnection db, string code) =>
        db.ExecuteScalarAsync<int>(Statement, new { codes = new[] { code } });
}
