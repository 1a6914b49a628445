using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database;
using MPanel.Database.Access;
using MPanel.Web;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>The real server program in this process: real Kestrel on free ports of loopback, a real database of its own.</summary>
public sealed class PanelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestPhones _phones = new();

    private PanelServer(WebApplication app, string connectionString, StripeSimulation? stripe)
    {
        Stripe = stripe;
        _app = app;
        ConnectionString = connectionString;
        DataSource = app.Services.GetRequiredService<NpgsqlDataSource>();
        var ports = app.Services.GetRequiredService<ListeningPorts>();
        ApiAddress = new Uri($"http://127.0.0.1:{ports.Api}");
        PagesAddress = new Uri($"http://127.0.0.1:{ports.Pages}");
    }

    /// <summary>Null where Stripe is down.</summary>
    public StripeSimulation? Stripe { get; }
    public string ConnectionString { get; }
    public NpgsqlDataSource DataSource { get; }
    public Uri ApiAddress { get; }
    public Uri PagesAddress { get; }
    public IServiceProvider Services => _app.Services;

    /// <param name="connectionString">An existing database, or null for a fresh clone of the migrated template.</param>
    /// <param name="settings">Settings such as <c>["Roles"] = "web"</c>.</param>
    /// <param name="stripe">The Stripe it asks; null for one that is down.</param>
    public static async Task<PanelServer> Start(
        string? connectionString = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        StripeSimulation? stripe = null
    )
    {
        connectionString ??= await (await PostgresCluster.Shared).CreateDatabase();
        var app = PanelApp.Build(
            [],
            builder =>
            {
                builder.Environment.EnvironmentName = "Test";
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:MPanel"] = connectionString,
                        ["Http:ApiPort"] = "0",
                        ["Http:PagesPort"] = "0",
                        ["Serilog:MinimumLevel:Default"] = Environment.GetEnvironmentVariable("MPANEL_TEST_LOG") ?? "Fatal",
                        // Where no simulator is given nobody listens: Stripe is down.
                        ["Stripe:BaseUrl"] = stripe?.Url ?? "http://127.0.0.1:9",
                        ["Stripe:ApiKey"] = StripeSimulation.NewKey(),
                        ["Stripe:ExpectedLiveMode"] = "false",
                        ["Access:LoginsPerMinute"] = "10000",
                        ["Jobs:SweepInterval"] = "00:00:00.200",
                    }
                );
                if (settings is not null)
                    builder.Configuration.AddInMemoryCollection(settings);
                configure?.Invoke(builder);
            }
        );
        await app.StartAsync();
        return new PanelServer(app, connectionString, stripe);
    }

    /// <summary>A client of the API that holds a key with these scopes; with none, a client without any key.</summary>
    public async Task<HttpClient> Client(params string[] scopes)
    {
        var client = new HttpClient { BaseAddress = ApiAddress };
        if (scopes.Length > 0)
        {
            await using var db = await DataSource.OpenConnectionAsync();
            var key = await ApiKeys.Create(db, $"test {string.Join(' ', scopes)}", scopes, expiresAt: null);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        return client;
    }

    /// <summary>A browser that nobody is signed in with.</summary>
    public PagesClient Pages() => PagesClient.Open(PagesAddress);

    /// <summary>A browser signed in, by the login page, as a new user who holds exactly these permissions.</summary>
    public async Task<PagesClient> SignIn(params string[] permissions)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return await SignInAs(await TestUser.Create(db, permissions));
    }

    /// <summary>A browser signed in, by the login page, as a new user with a role that a new panel has, such as <c>super_admin</c>.</summary>
    public async Task<PagesClient> SignInWithRole(string role)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return await SignInAs(await TestUser.WithRole(db, role));
    }

    public async Task<PagesClient> SignInAs(TestUser user)
    {
        var pages = Pages();
        (pages.Email, pages.UserId) = (user.Email, user.Id);
        using var answer = await pages.PostForm(
            "/login",
            new Dictionary<string, string> { ["Email"] = user.Email, ["Password"] = TestUser.Password }
        );
        if (answer.StatusCode != HttpStatusCode.Redirect)
            throw new InvalidOperationException($"The login answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        await _phones.Answer(pages, TestUser.Password, answer.Headers.Location?.OriginalString ?? "");
        return pages;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
