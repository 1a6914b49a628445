using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Dapper;
using MPanel.Database;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Faults.World;

/// <summary>
/// A whole hosting company on loopback, every part a process of its own: PostgreSQL with fsync on, two web and two job processes, three
/// agents with an nginx each, the Stripe simulator.
/// </summary>
public sealed class FaultWorld : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _ready = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _health = new() { Timeout = TimeSpan.FromSeconds(1) };
    private readonly string _directory;
    private readonly IAsyncDisposable _database;
    private readonly bool _keep;
    private Task _watching = Task.CompletedTask;

    private FaultWorld(string directory, IAsyncDisposable database, string connectionString, bool keep)
    {
        (_directory, _database, _keep) = (directory, database, keep);
        ConnectionString = connectionString;
        // No pool: a connection that the harness holds would outlive the server that is killed under it.
        Observer = Db.Open(connectionString + ";Pooling=false;Timeout=5;Command Timeout=20;Max Auto Prepare=0", "observer");
        Logs = Directory.CreateDirectory(Path.Combine(directory, "logs")).FullName;
    }

    /// <summary>Its logs are kept, and every fault is told as it comes.</summary>
    public bool Verbose => _keep;

    /// <summary>The one server that faults strike. Not in a world that was given its database.</summary>
    public PostgresCluster Postgres => (PostgresCluster)_database;
    public string ConnectionString { get; }

    /// <summary>The harness's own way to the database, apart from every pool of the panel's.</summary>
    public NpgsqlDataSource Observer { get; }
    public string Logs { get; }
    public Member Stripe { get; private set; } = null!;
    public IReadOnlyList<Member> Webs { get; private set; } = [];
    public IReadOnlyList<Member> Jobs { get; private set; } = [];
    public IReadOnlyList<Node> Nodes { get; private set; } = [];

    /// <summary>The marketing API's and the admins' way in.</summary>
    public Gate Front { get; private set; } = null!;

    /// <summary>Steers the simulator.</summary>
    public HttpClient Simulator { get; private set; } = null!;

    /// <summary>An API key that may do all that the harness does.</summary>
    public string Key { get; private set; } = "";

    public static async Task<FaultWorld> Start(bool keep)
    {
        var postgres = await PostgresCluster.Start(durable: true, "max_connections=150", "log_min_messages=fatal");
        return await Start(keep, postgres, await postgres.CreateDatabase());
    }

    /// <param name="database">Ends with the world.</param>
    /// <param name="connectionString">Of a migrated database.</param>
    /// <param name="nodes">Servers with a real agent and an nginx, srv1 and so on.</param>
    /// <param name="mortalStripe">The simulator is to be killed, so it keeps payments on disk.</param>
    public static async Task<FaultWorld> Start(
        bool keep,
        IAsyncDisposable database,
        string connectionString,
        int nodes = 3,
        bool mortalStripe = true
    )
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-faults-").FullName;
        // Other users' processes pass through.
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var world = new FaultWorld(directory, database, connectionString, keep);
        try
        {
            await world.Build(nodes, mortalStripe);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the member said a moment ago that it is ready.</summary>
    public bool IsReady(Member member) => _ready.GetValueOrDefault(member.Name);

    /// <summary>Since when some job process was ready without a gap; the end of time while none is.</summary>
    public DateTimeOffset JobsReadySince { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>They say that they are ready, and can't work: what they left undone until now is not held against them.</summary>
    public void ExcuseJobs() => JobsReadySince = TimeProvider.System.GetUtcNow();

    /// <summary>Asks now.</summary>
    public async Task<bool> AskReady(Member member)
    {
        try
        {
            using var answer = await _health.GetAsync($"http://127.0.0.1:{member.Port}/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A client of the API by the front door. Each call has a connection of its own, as after a failure it would.</summary>
    public HttpClient Client(TimeSpan timeout)
    {
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false })
        {
            BaseAddress = new Uri(Front.Url),
            Timeout = timeout,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        client.DefaultRequestHeaders.ConnectionClose = true;
        return client;
    }

    /// <exception cref="TimeoutException">It did not become so in time.</exception>
    public static async Task Until(Func<Task<bool>> state, string what, TimeSpan bound)
    {
        for (var since = Stopwatch.StartNew(); !await state(); await Task.Delay(100))
        {
            if (since.Elapsed > bound)
                throw new TimeoutException($"Waited {bound.TotalSeconds:0} s for {what}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await Task.WhenAll(Nodes.Select(n => n.DisposeAsync().AsTask()));
        await Task.WhenAll(Webs.Concat(Jobs).Append(Stripe).OfType<Member>().Select(m => m.DisposeAsync().AsTask()));
        if (Front is not null)
            await Front.DisposeAsync();
        Simulator?.Dispose();
        _health.Dispose();
        await Observer.DisposeAsync();
        await _database.DisposeAsync();
        _stop.Dispose();
        if (!_keep)
            Directory.Delete(_directory, recursive: true);
    }

    private async Task Build(int count, bool mortalStripe)
    {
        var stripeKey = StripeSimulation.NewKey();
        Stripe = Programs.Simulator(mortalStripe ? Path.Combine(_directory, "stripe.json") : null, Logs);
        Simulator = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Stripe.Port}"), Timeout = TimeSpan.FromSeconds(5) };
        Member Panel(string name, string roles) =>
            Programs.Panel(name, roles, PanelConnections, Simulator.BaseAddress!.ToString().TrimEnd('/'), stripeKey, Logs);
        Webs = [Panel("web1", "web"), Panel("web2", "web")];
        Jobs = [Panel("jobs1", "jobs"), Panel("jobs2", "jobs")];
        Front = new Gate(HealthyWebs);
        foreach (var member in Webs.Concat(Jobs))
            await Until(() => AskReady(member), $"{member.Name} to be ready", TimeSpan.FromMinutes(2));
        _watching = Watch();
        await using var db = await Observer.OpenConnectionAsync();
        await db.ExecuteAsync(
            """
            update servers set website_capacity = 100000 where name = 'srv1';
            insert into servers (name, roles, address, website_capacity)
            values ('srv2', '{web}', '10.1.10.11', 100000), ('srv3', '{web}', '10.1.10.12', 100000)
            """
        );
        Key = await ApiKeys.Create(db, "faults", Scopes, expiresAt: null);
        var nodes = new List<Node>();
        Nodes = nodes;
        for (var i = 1; i <= count; i++)
            nodes.Add(Node.Start($"srv{i}", i, (await Enrolment.CreateCode(db, $"srv{i}"))!, HealthyWebs, Logs));
        foreach (var node in nodes)
            await Until(() => HeardSince(node, DateTimeOffset.MinValue), $"{node.Name} to report", TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether the node's agent was heard by the panel after that moment.</summary>
    public async Task<bool> HeardSince(Node node, DateTimeOffset moment)
    {
        try
        {
            await using var db = await Observer.OpenConnectionAsync();
            return await db.ExecuteScalarAsync<bool>(
                "select exists (select 1 from server_heartbeats h join servers s on s.id = h.server_id where s.name = @Name and h.received_at > @moment)",
                new { node.Name, moment = moment == DateTimeOffset.MinValue ? DateTimeOffset.UnixEpoch : moment }
            );
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static readonly string[] Scopes =
    [
        "orders:write",
        "orders:read",
        "plans:read",
        "orders.view",
        "orders.manage",
        "provisioning.view",
        "provisioning.retry",
        "websites.view",
        "websites.manage",
        "servers.view",
        "servers.manage",
        "jobs.view",
        "jobs.manage",
        "invoices.view",
        "dashboard.view",
    ];

    // Four processes share what the server has to give, and the harness needs some of it.
    private string PanelConnections => ConnectionString.Replace("Maximum Pool Size=60", "Maximum Pool Size=20", StringComparison.Ordinal);

    private IReadOnlyList<int> HealthyWebs()
    {
        var healthy = Webs.Where(IsReady).Select(w => w.Port).ToList();
        // As balancers do: when none seems well, all may be asked.
        return healthy.Count > 0 ? healthy : [.. Webs.Select(w => w.Port)];
    }

    private async Task Watch()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAll(Webs.Concat(Jobs).Select(async m => _ready[m.Name] = await AskReady(m)));
            if (!Jobs.Any(IsReady))
                JobsReadySince = DateTimeOffset.MaxValue;
            else if (JobsReadySince == DateTimeOffset.MaxValue)
                JobsReadySince = TimeProvider.System.GetUtcNow();
            await Task.Delay(500, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
