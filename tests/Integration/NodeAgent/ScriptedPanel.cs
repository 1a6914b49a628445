using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>A small real HTTP server that speaks the worker API from memory and fails on demand.</summary>
public sealed class ScriptedPanel : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<ScriptedTask> _tasks = [];
    private readonly List<HeartbeatRequest> _heartbeats = [];
    private readonly List<InventoryRequest> _inventories = [];
    private readonly List<KeptSpecsRequest> _kept = [];
    private readonly List<TrafficRequest> _traffic = [];
    private readonly Dictionary<long, (string Content, long Revision)> _revisions = [];
    private int _enrolments;
    private int _claims;
    private int _dropped;

    private ScriptedPanel(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();
    public string Code { get; set; } = Guid.NewGuid().ToString("N");
    public string Token { get; set; } = "mpa_" + Guid.NewGuid().ToString("N");
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>Answers in place of the panel: given the route's last word (claim, renew, log, complete …), a status to answer with, or null.</summary>
    public Func<string, int?> Instead { get; set; } = _ => null;

    /// <summary>When somebody asked last for a look at the node.</summary>
    public DateTimeOffset? InventoryAskedAt { get; set; }

    /// <summary>Parts of inventories, as they came.</summary>
    public InventoryRequest[] Inventories => Locked(() => _inventories.ToArray());

    /// <summary>Websites of which it has not heard yet what the node keeps.</summary>
    public long[] Ahead { get; set; } = [];

    /// <summary>What the node said that it keeps, as it came.</summary>
    public KeptSpecsRequest[] Kept => Locked(() => _kept.ToArray());

    /// <summary>What was said of websites' traffic, as it came.</summary>
    public TrafficRequest[] Traffic => Locked(() => _traffic.ToArray());

    public int Enrolments => Locked(() => _enrolments);
    public int Claims => Locked(() => _claims);
    public int Heartbeats => Locked(() => _heartbeats.Count);
    public HeartbeatRequest? LastHeartbeat => Locked(() => _heartbeats.LastOrDefault());

    public static async Task<ScriptedPanel> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var panel = new ScriptedPanel(app);
        panel.Map();
        await app.StartAsync();
        return panel;
    }

    /// <summary>The panel's installation.</summary>
    public Guid Epoch { get; set; } = new("6f1f7f0e-0000-4000-8000-000000000001");

    /// <summary>A hosting task for the agent to claim: an apply of the next revision, or of the same one again when nothing is changed.</summary>
    public ScriptedTask Host(long websiteId, string domain, string plan = "starter", params string[] aliases) =>
        Apply(SpecOf(websiteId, domain, plan, aliases));

    /// <summary>As <see cref="Host"/>, of any specification; its revision and epoch are set.</summary>
    public ScriptedTask Apply(HostingSpec spec) => Give(spec, TaskVerb.Apply);

    public ScriptedTask Remove(HostingSpec spec) => Give(spec, TaskVerb.Remove);

    /// <summary>As a panel of the first release asks for it.</summary>
    public ScriptedTask HostAsFirstRelease(long websiteId, string domain, string plan = "starter", params string[] aliases) =>
        Give(domain, JsonSerializer.SerializeToElement(new HostingPayload(websiteId, domain, aliases, plan), JsonSerializerOptions.Web));

    public static HostingSpec SpecOf(long websiteId, string domain, string plan = "starter", params string[] aliases)
    {
        var uploadMb = plan switch
        {
            "business" => 128,
            "wp-growth" => 256,
            _ => 32,
        };
        return new HostingSpec(
            websiteId,
            0,
            Guid.Empty,
            SiteState.Active,
            null,
            [new SiteName(domain, SiteNameRole.Primary), .. aliases.Select(a => new SiteName(a, SiteNameRole.Alias))],
            new SiteLimits(5000, 200_000, uploadMb, 0, 0, 100, 0),
            null,
            new SiteTls("off"),
            [],
            [],
            "static"
        );
    }

    private ScriptedTask Give(HostingSpec spec, string action)
    {
        lock (_lock)
        {
            var (known, revision) = _revisions.GetValueOrDefault(spec.WebsiteId, ("", 0));
            var content = action + JsonSerializer.Serialize(spec with { Revision = 0 });
            revision =
                spec.Revision > 0 ? spec.Revision
                : content == known ? revision
                : revision + 1;
            _revisions[spec.WebsiteId] = (content, revision);
            var sent = spec with { Revision = revision, Epoch = spec.Epoch == Guid.Empty ? Epoch : spec.Epoch };
            var domain = spec.Names.FirstOrDefault(n => n?.Role == SiteNameRole.Primary)?.Name ?? "none.test";
            return Give(domain, JsonSerializer.SerializeToElement(sent, JsonSerializerOptions.Web), action: action);
        }
    }

    public ScriptedTask Give(string domain, JsonElement payload, string type = "hosting", string action = "create")
    {
        lock (_lock)
        {
            var task = new ScriptedTask(_tasks.Count + 1, type, action, domain, payload);
            _tasks.Add(task);
            return task;
        }
    }

    /// <summary>As after the lease's end or a retry: claimable again, with another lease.</summary>
    public void GiveAgain(ScriptedTask task)
    {
        lock (_lock)
        {
            task.Status = "pending";
            _dropped++;
        }
    }

    /// <summary>
    /// Answers the claims that wait: to be called when an agent has ended. Its connection is not yet known to be gone, and would take along the
    /// next task that there is.
    /// </summary>
    public void DropClaims()
    {
        lock (_lock)
            _dropped++;
    }

    /// <summary>Waits for an accepted completion of the task's latest attempt.</summary>
    public async Task<CompleteRequest> Outcome(ScriptedTask task, AgentProcess agent)
    {
        await Wait.Until(() => Locked(() => task.Status is "success" or "failed"), $"the outcome of task {task.Id}", () => agent.Log);
        // The agent forgets the outcome a moment after it is accepted; a node is compared with another only then.
        await Wait.Until(() => agent.HasExited || agent.KeptOutcomes == 0, "an empty outbox", () => agent.Log);
        return Locked(() => task.Accepted[^1]);
    }

    /// <summary>Waits for the outcome, which must be success.</summary>
    public async Task Succeeds(ScriptedTask task, AgentProcess agent)
    {
        var outcome = await Outcome(task, agent);
        Assert.True(outcome.Status == "success", $"{outcome.Error}\n{agent.Log}");
    }

    public T Locked<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.Use(
            async (context, next) =>
            {
                var word = context.Request.Path.Value!.Split('/')[^1];
                if (Instead(word) is { } status)
                    context.Response.StatusCode = status;
                else if (word != "enroll" && context.Request.Headers.Authorization != $"Bearer {Token}")
                    context.Response.StatusCode = 401;
                else
                    await next();
            }
        );
        _app.MapPost(WorkerRoutes.Enroll, (EnrollRequest request) => Enroll(request));
        _app.MapPost(WorkerRoutes.Heartbeat, (HeartbeatRequest request) => Beat(request));
        _app.MapPost(WorkerRoutes.Inventory, (InventoryRequest request) => Keep(request));
        _app.MapPost(WorkerRoutes.KeptSpecs, (KeptSpecsRequest request) => Keep(request));
        _app.MapPost(WorkerRoutes.Traffic, (TrafficRequest request) => Keep(request));
        _app.MapPost(WorkerRoutes.Claim, (ClaimRequest request, CancellationToken aborted) => Claim(request, aborted));
        _app.MapPost(
            "/api/worker/tasks/{id:long}/renew",
            (long id, RenewRequest r) => WithLease(id, r.LeaseToken, _ => Results.Json(new RenewResponse(LeaseSeconds)))
        );
        _app.MapPost("/api/worker/tasks/{id:long}/log", (long id, LogRequest r) => WithLease(id, r.LeaseToken, t => KeepLines(t, r.Lines)));
        _app.MapPost("/api/worker/tasks/{id:long}/complete", (long id, CompleteRequest r) => Complete(id, r));
        _app.MapPost("/api/worker/tasks/{id:long}/release", (long id, ReleaseRequest r) => WithLease(id, r.LeaseToken, Release));
    }

    private IResult Enroll(EnrollRequest request)
    {
        lock (_lock)
        {
            _enrolments++;
            return request.Code == Code ? Results.Json(new EnrollResponse("srv1", Token)) : Problem(401, "code_invalid");
        }
    }

    private IResult Beat(HeartbeatRequest request)
    {
        lock (_lock)
            _heartbeats.Add(request);
        return Results.Json(new HeartbeatResponse("srv1", "active", DateTimeOffset.UnixEpoch, InventoryAskedAt));
    }

    private IResult Keep(InventoryRequest request)
    {
        lock (_lock)
            _inventories.Add(request);
        return Results.Json(new InventoryResponse([.. Ahead.Intersect(request.Items.Select(i => i.Id))]));
    }

    private IResult Keep(KeptSpecsRequest request)
    {
        lock (_lock)
            _kept.Add(request);
        return Results.NoContent();
    }

    private IResult Keep(TrafficRequest request)
    {
        lock (_lock)
            _traffic.Add(request);
        return Results.Json(new TrafficResponse(request.Items.Length, 0));
    }

    private async Task<IResult> Claim(ClaimRequest request, CancellationToken aborted)
    {
        var since = Locked(() => _dropped);
        for (var tries = 0; tries <= request.Wait * 50; tries++)
        {
            if (Lease(request.Types, since, out var outlived) is { } lease)
                return Results.Json(lease);
            if (outlived)
                break;
            await Task.Delay(20, aborted);
        }
        return Results.NoContent();
    }

    private TaskLease? Lease(string[] types, int since, out bool outlived)
    {
        lock (_lock)
        {
            _claims++;
            outlived = since != _dropped;
            if (outlived)
                return null;
            var task = _tasks.Find(t => t.Status == "pending" && types.Contains(t.Type));
            if (task is null)
                return null;
            task.Status = "in_progress";
            task.Attempt++;
            task.LeaseToken = Guid.NewGuid();
            return new TaskLease(
                task.Id,
                task.Attempt,
                5,
                task.LeaseToken,
                LeaseSeconds,
                task.Type,
                task.Action,
                task.Domain,
                $"corr-{task.Id}",
                task.Payload
            );
        }
    }

    private IResult WithLease(long id, Guid token, Func<ScriptedTask, IResult> act)
    {
        lock (_lock)
        {
            var task = _tasks.Find(t => t.Id == id);
            if (task is null)
                return Problem(404, "task_unknown");
            return task.LeaseToken == token && task.Status == "in_progress" ? act(task) : Problem(409, "lease_lost");
        }
    }

    private IResult Complete(long id, CompleteRequest request)
    {
        lock (_lock)
        {
            var task = _tasks.Find(t => t.Id == id);
            if (task?.Accepted.Exists(a => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(request)) == true)
            {
                task.Repeated++;
                return Results.Ok();
            }
            return WithLease(id, request.LeaseToken, t => Accept(t, request));
        }
    }

    private static IResult Accept(ScriptedTask task, CompleteRequest request)
    {
        task.Status = request.Status;
        task.Accepted.Add(request);
        return Results.Ok();
    }

    private static IResult KeepLines(ScriptedTask task, LogLine[] lines)
    {
        task.Log.AddRange(
            lines.Where(l => !task.Log.Any(k => k.Attempt == task.Attempt && k.Line.Seq == l.Seq)).Select(l => (task.Attempt, l))
        );
        return Results.Ok();
    }

    private static IResult Release(ScriptedTask task)
    {
        task.Status = "released";
        return Results.Ok();
    }

    private static IResult Problem(int status, string code) =>
        Results.Problem(statusCode: status, title: code, extensions: new Dictionary<string, object?> { ["code"] = code });
}

/// <summary>A task and what the agent has said of it. Read under <see cref="ScriptedPanel.Locked"/> while the agent runs.</summary>
public sealed class ScriptedTask(long id, string type, string action, string domain, JsonElement payload)
{
    public long Id => id;
    public string Type => type;
    public string Action => action;
    public string Domain => domain;
    public JsonElement Payload => payload;
    public string Status { get; set; } = "pending";
    public int Attempt { get; set; }
    public Guid LeaseToken { get; set; }
    public List<CompleteRequest> Accepted { get; } = [];
    public int Repeated { get; set; }
    public List<(int Attempt, LogLine Line)> Log { get; } = [];

    public string LogText => string.Join('\n', Log.Select(l => $"{l.Line.Level} {l.Line.Message}"));
}
