using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Platform.Lists;

/// <summary>Downloads whose clients take their time.</summary>
public sealed class SlowExportTests : IAsyncLifetime
{
    private const string Path = "/security/audit?handler=Csv";

    private readonly SlowClients _slow = new();
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync()
    {
        // The server hangs up on who takes nothing at all; ours stand for those who take just enough.
        _panel = await PanelServer.Start(configure: builder =>
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null)
        );
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        // Far more than the system keeps between the panel and a client that does not read.
        await db.ExecuteAsync(
            """
            insert into audit_entries (actor_kind, actor_name, action, subject, correlation_id)
            select 'system', repeat('x', 200), 'test.filled', repeat('y', 200), 'c' from generate_series(1, 40000)
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        _slow.Dispose();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task TwelveSlowDownloads_ChangeNothingForOthers()
    {
        for (var i = 0; i < 6; i++)
        {
            using var reader = await _panel.SignIn("security.view");
            await Download(reader);
            await Download(reader);
        }
        using var other = await _panel.SignIn("security.view");
        await Settle();

        Assert.Equal(0, await HeldByLists());
        using var list = await other.GetAsync("/security/audit").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Fact]
    public async Task ThirdDownload_OfOneUser_IsRefusedUntilAnotherEnds()
    {
        using var reader = await _panel.SignIn("security.view");
        using var other = await _panel.SignIn("security.view");
        await Download(reader);
        await Download(reader);
        await Settle();

        using var third = await reader.GetAsync("/security/sessions?handler=Csv");
        using var others = await other.GetAsync("/security/sessions?handler=Csv");
        using var page = await reader.GetAsync("/security/sessions");
        _slow.Dispose();

        Assert.Equal(
            (HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.OK),
            (third.StatusCode, others.StatusCode, page.StatusCode)
        );
        Assert.Equal(TimeSpan.FromMinutes(1), third.Headers.RetryAfter?.Delta);
        await Wait.Until(
            async () =>
            {
                using var again = await reader.GetAsync("/security/sessions?handler=Csv");
                return again.StatusCode == HttpStatusCode.OK;
            },
            "a download to be possible again"
        );
    }

    private Task Download(PagesClient reader)
    {
        var cookies = reader.Cookies.GetCookieHeader(_panel.PagesAddress);
        return _slow.Begin(
            _panel.PagesAddress,
            $"GET {Path} HTTP/1.1\r\nHost: 127.0.0.1:{_panel.PagesAddress.Port}\r\nCookie: {cookies}\r\n\r\n"
        );
    }

    /// <summary>Until the downloads have read all that their clients let them: the answers have begun, and nobody asks the database.</summary>
    private async Task Settle()
    {
        await _slow.FirstAnswer(TimeSpan.FromSeconds(30));
        var (quiet, last) = (0, -1L);
        await Wait.Until(
            async () =>
            {
                await using var db = await _panel.DataSource.OpenConnectionAsync();
                var read = await db.ExecuteScalarAsync<long>(
                    "select coalesce(sum(extract(epoch from query_start) * 1000), 0)::bigint from pg_stat_activity where application_name = 'mpanel lists' and datname = current_database()"
                );
                quiet = read == last ? quiet + 1 : 0;
                last = read;
                return quiet > 20;
            },
            "the downloads to wait for their clients"
        );
    }

    private async Task<int> HeldByLists()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<int>(
            "select count(*)::int from pg_stat_activity where application_name = 'mpanel lists' and datname = current_database() and state <> 'idle'"
        );
    }
}
