using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Hostile;

[CollectionDefinition(nameof(HostileWorld))]
public sealed class HostileCollection : ICollectionFixture<HostileWorld>;

/// <summary>
/// One panel that has something of everything, its routes as it describes them itself, and who attacks them. No jobs run, so that
/// nothing changes but by a request.
/// </summary>
public sealed class HostileWorld : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _samples = new();
    private readonly ExceptionTap _thrown = new();
    private int _addresses;
    private int _requests;

    public PanelServer Panel { get; private set; } = null!;
    public ProvisioningWorld World { get; private set; } = null!;
    public Books Books { get; private set; } = null!;
    public List<ApiRoute> Routes { get; private set; } = null!;
    public SampleBody Bodies { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;
    public BodyTap Tap { get; } = new();

    /// <summary>A key with every scope there is.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Of the server that has the tasks.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Of another server.</summary>
    public string OtherToken { get; private set; } = "";
    public long Task { get; private set; }
    public Guid Lease { get; private set; }
    public string[] Permissions { get; private set; } = [];
    public int Requests => _requests;

    public async ValueTask InitializeAsync()
    {
        Panel = await PanelServer.Start(
            settings: new Dictionary<string, string?>
            {
                ["Roles"] = "web",
                ["Http:SlowBodyGraceSeconds"] = "2",
                ["Provisioning:EnrolmentsPerMinute"] = "10000",
            },
            configure: builder => builder.Services.AddSingleton<IStartupFilter>(Tap).AddSingleton<IExceptionHandler>(_thrown)
        );
        World = ProvisioningWorld.Of(Panel);
        Books = new Books(Panel.DataSource);
        Http = new HttpClient(
            new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1, AllowAutoRedirect = false }
        )
        {
            BaseAddress = Panel.ApiAddress,
        };
        await Populate();
        var document = await Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Routes = ApiRoute.Of(document);
        Bodies = new SampleBody(document, await World.Scalar<long>("select min(id) from customers"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Panel.DisposeAsync();
    }

    /// <summary>The path with something that exists in place of each parameter.</summary>
    public async Task<string> Path(ApiRoute route)
    {
        var path = route.Path;
        foreach (var parameter in route.Parameters)
            path = path.Replace($"{{{parameter}}}", await Sample(route.Path, parameter), StringComparison.Ordinal);
        return path;
    }

    /// <summary>Bytes that a body of the route may have.</summary>
    public static int LimitOf(ApiRoute route) =>
        route.Path == WorkerRoutes.Inventory ? 768 * 1024
        : route.Path == WorkerRoutes.KeptSpecs ? 768 * 1024
        : route.Path == WorkerRoutes.Traffic ? 128 * 1024
        : route.Path.StartsWith("/api/worker/tasks/", StringComparison.Ordinal) && route.Path.EndsWith("/log", StringComparison.Ordinal)
            ? 256 * 1024
        : 64 * 1024;

    public string KeyFor(ApiRoute route) => route.IsWorker ? Token : Key;

    public static StringContent Json(string body, string contentType = "application/json") => new(body, Encoding.UTF8, contentType);

    public async Task<HttpRequestMessage> Request(ApiRoute route, string? key, HttpContent? body = null, string? path = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(route.Method), path ?? await Path(route)) { Content = body };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        // Each from an address of its own: so many refusals to one would end in 429, and hide what is behind it.
        request.Headers.Add("X-Forwarded-For", NextAddress());
        return request;
    }

    public string NextAddress()
    {
        var n = Interlocked.Increment(ref _addresses);
        return $"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}";
    }

    /// <summary>Sends it, judges the answer and returns its status.</summary>
    public async Task<int> Try(ApiRoute route, string attack, HttpRequestMessage request, Findings findings, params int[] expected)
    {
        var name = $"{Interlocked.Increment(ref _requests)}";
        request.Headers.Add(ExceptionTap.Header, name);
        using (request)
        {
            using var answer = await Http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            var status = (int)answer.StatusCode;
            var wrong = Verdict.Of(
                status,
                body,
                answer.Content.Headers.ContentType?.ToString(),
                expected.Length > 0 ? expected.ToHashSet() : route.Statuses,
                route.Path.StartsWith("/api/", StringComparison.Ordinal) && route.Method != "HEAD"
            );
            var thrown = _thrown.Take(name);
            if (wrong is not null)
                findings.Add($"{request.Method} {route.Path}", attack, status, wrong, $"{thrown}{body}");
            else if (ExceptionTap.IsOfAValue(thrown))
                findings.Add($"{request.Method} {route.Path}", attack, status, "only the database refused it", $"{thrown}");
            return status;
        }
    }

    /// <summary>Sends bytes as they are, judges and returns the reply.</summary>
    public async Task<WireReply> TryWire(string route, string attack, byte[] request, Findings findings, int[] expected, int seconds = 10)
    {
        Interlocked.Increment(ref _requests);
        var reply = await Wire.Send(Panel.ApiAddress.Port, request, seconds);
        // The server itself refuses what is no HTTP, with nothing behind the status line, or by hanging up.
        var wrong =
            reply.Status == 0 && expected.Contains(0)
                ? null
                : Verdict.Of(reply.Status, reply.Body, null, expected.ToHashSet(), isApi: false);
        if (wrong is not null)
            findings.Add(route, attack, reply.Status, wrong, reply.Body);
        return reply;
    }

    /// <summary>Runs attacks that must all be refused, and sees that nothing is different afterwards.</summary>
    public async Task Unchanged(string attacks, Findings findings, Func<Task> run)
    {
        var before = await Books.Digest();
        await run();
        if (Books.Difference(before, await Books.Digest()) is { Length: > 0 } changed)
            findings.Add("several", attacks, 0, "changed " + changed, "");
    }

    /// <summary>Sends them all, then those that were refused once more, and sees that these changed nothing; if they did, which one it was.</summary>
    public async Task RefusedChangesNothing(
        ApiRoute route,
        Findings findings,
        IEnumerable<(string Name, Func<Task<HttpRequestMessage>> Make)> attacks
    )
    {
        var refused = new List<(string Name, Func<Task<HttpRequestMessage>> Make)>();
        foreach (var attack in attacks)
            if (await Try(route, attack.Name, await attack.Make(), findings) is < 200 or > 299)
                refused.Add(attack);
        var before = await Books.Digest();
        foreach (var (name, make) in refused)
            await Try(route, name, await make(), findings);
        if (Books.Difference(before, await Books.Digest()).Length == 0)
            return;
        foreach (var (name, make) in refused)
        {
            before = await Books.Digest();
            var status = await Try(route, name, await make(), findings);
            if (status is < 200 or > 299 && Books.Difference(before, await Books.Digest()) is { Length: > 0 } changed)
                findings.Add($"{route}", name, status, "refused, and changed " + changed, "");
        }
    }

    private async Task<string> Sample(string path, string parameter)
    {
        if (path.StartsWith("/api/worker/tasks/", StringComparison.Ordinal))
            return $"{Task}";
        var collection = path.Split($"/{{{parameter}}}")[0].Split('/')[^1];
        if (_samples.TryGetValue(collection, out var known))
            return known;
        var sql = collection switch
        {
            "orders" => "select min(reference) from order_intakes where body ? 'primaryDomain'",
            "refused" => "select min(id)::text from refused_orders where status = 'open'",
            "tasks" => "select min(id)::text from provisioning_tasks",
            "tokens" => "select min(id)::text from server_tokens",
            "names" => "select min(name) from hostnames",
            "jobs" => "select min(id)::text from outbox",
            "products" => "select min(code) from products",
            "email-templates" => "select 'receipt'",
            "v1.json" => "select 'v1'",
            _ => $"select min(id)::text from {collection.Replace('-', '_')}",
        };
        return _samples[collection] = await World.Scalar<string?>(sql) ?? "1";
    }

    private async Task Populate()
    {
        await using var db = await Panel.DataSource.OpenConnectionAsync();
        Permissions = [.. await db.QueryAsync<string>("select code from permissions order by 1")];
        // The first of each is what attacks with a right key may hit; nobody needs them afterwards.
        await ApiKeys.Create(db, "victim", ["plans:read"], expiresAt: null);
        await TestUser.Create(db);
        Key = await ApiKeys.Create(
            db,
            "attacker",
            ["orders:write", "orders:read", "plans:read", .. Scopes.OfPower.Keys, .. Permissions],
            expiresAt: null
        );
        var server = await World.Server("hostile-1");
        await World.Server("hostile-2");
        (Token, OtherToken) = (await Enroll("hostile-1"), await Enroll("hostile-2"));
        var order = await World.Order("hostile.example");
        var website = await World.Website(order, server);
        Task = await World.Task(order, server, websiteId: website);
        Lease = (await World.Claim(server))!.LeaseToken;
        await World.Task(await World.Order("hostile-too.example"), server);
        using var placed = new HttpRequestMessage(HttpMethod.Post, OrderDesk.Route)
        {
            Content = JsonContent.Create(OrderDesk.Example(OrderDesk.NewPaymentIntent(), "waits.example")),
        };
        placed.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var answer = await Http.SendAsync(placed);
        answer.EnsureSuccessStatusCode();
        await World.Execute(
            """
            insert into refused_orders (key, stripe_payment_intent_id, body, faults, received_by, correlation_id)
            select 'pi_refused' || n, 'pi_refused' || n, '{}', '[]', 'shop', 'c' from generate_series(1, 3) n;

            insert into payments (stripe_payment_intent_id, status, amount, currency, livemode)
            values ('pi_claimed', 'succeeded', 10, 'USD', false);
            insert into disputes (stripe_dispute_id, payment_id, amount, currency, status, stripe_status, reason, reading, opened_at)
            select 'dp_1', id, 10, 'USD', 'inquiry', 'warning_needs_response', 'fraudulent', 1, now() from payments
            where stripe_payment_intent_id = 'pi_claimed';
            insert into fraud_warnings (stripe_warning_id, payment_id, fraud_type, warned_at)
            select 'issfr_1', id, 'made with stolen card', now() from payments where stripe_payment_intent_id = 'pi_claimed';
            insert into stripe_events (event_id, type, object_kind, object_id, payment_intent_id, livemode, created, state, came_by)
            values ('evt_1', 'refund.created', 'refund', 're_1', 'pi_claimed', false, now(), 'applied', 'webhook');
            with sent as (
                insert into emails (template, subject_kind, subject_id, recipient, customer_id, locale, facts, correlation_id, status, sent_at,
                    subject_line, body_text, body_html)
                select 'site_ready', 'website', n, 'hostile' || n || '@example.com', (select min(id) from customers), 'en', '{}', 'c', 'sent', now(),
                    's', 't', 'h'
                from generate_series(1, 3) n returning id, recipient
            )
            insert into email_suppressions (address, reason, email_id) select 'refused-' || recipient, 'r', id from sent
            """
        );
    }

    private async Task<string> Enroll(string server)
    {
        await using var db = await Panel.DataSource.OpenConnectionAsync();
        using var answer = await Http.PostAsJsonAsync(
            WorkerRoutes.Enroll,
            new EnrollRequest((await Enrolment.CreateCode(db, server))!, "1.0.0")
        );
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollResponse>())!.Token;
    }
}

/// <summary>Everything that went wrong, so that one run shows it all.</summary>
public sealed class Findings
{
    private readonly ConcurrentQueue<string> _all = new();

    public void Add(string route, string attack, int status, string wrong, string body) =>
        _all.Enqueue(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{route} [{attack}] {status}: {wrong}. {(body.Length > 2000 ? body[..2000] : body)}"
            )
        );

    public void AssertNone() => Assert.True(_all.IsEmpty, $"{_all.Count} found:\n{string.Join('\n', _all.Order().Take(60))}");
}
