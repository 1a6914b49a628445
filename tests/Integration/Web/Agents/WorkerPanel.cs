using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;
using MPanel.Web.Api.Agents;

namespace MPanel.Tests.Integration.Web.Agents;

/// <summary>A running panel whose background work looks often, and enrolled agents that call it.</summary>
public sealed class WorkerPanel : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Provisioning:ReapInterval"] = "00:00:00.100",
        ["Provisioning:PlacementInterval"] = "00:00:00.100",
        ["Provisioning:EnrolmentsPerMinute"] = "10000",
        // Whoever waits is woken by an announcement, or not at all.
        ["Provisioning:ClaimRecheckInterval"] = "01:00:00",
        ["Provisioning:LogBytes"] = "100000",
        ["Provisioning:LogLines"] = "3000",
    };
    private int _servers;

    public PanelServer Server { get; private set; } = null!;
    public ProvisioningWorld World { get; private set; } = null!;
    public TaskSignal Signal => Server.Services.GetRequiredService<TaskSignal>();

    public static async Task<WorkerPanel> Start(
        Action<Dictionary<string, string?>>? settings = null,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var panel = new WorkerPanel();
        settings?.Invoke(panel._settings);
        await panel.Open(configure);
        return panel;
    }

    public async ValueTask InitializeAsync() => await Open(null);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A server of its own with an enrolled agent.</summary>
    public async Task<Agent> Agent(string state = "active", int capacity = 1000)
    {
        var name = $"agent-{Interlocked.Increment(ref _servers)}";
        var id = await World.Server(name, state: state, capacity: capacity);
        return new Agent(id, name, Client((await Enroll(await Code(name)))!.Token));
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient { BaseAddress = Server.ApiAddress };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<string> Code(string server)
    {
        await using var db = await Server.DataSource.OpenConnectionAsync();
        return (await Enrolment.CreateCode(db, server))!;
    }

    /// <summary>Null when the code is refused with 401.</summary>
    public async Task<EnrollResponse?> Enroll(string code)
    {
        using var client = Client(null);
        using var response = await client.PostAsJsonAsync(WorkerRoutes.Enroll, new EnrollRequest(code, "1.0.0"));
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<EnrollResponse>();
    }

    /// <summary>Tells who waits for the server's tasks, as everything does that creates one.</summary>
    public Task Announce(long serverId) => World.Execute("select pg_notify('provisioning_tasks', @id)", new { id = $"{serverId}" });

    private async Task Open(Action<WebApplicationBuilder>? configure)
    {
        Server = await PanelServer.Start(settings: _settings, configure: configure);
        World = ProvisioningWorld.Of(Server);
        await World.WithoutSeededServers();
        await Wait.Until(() => Signal.Listening, "the panel to listen for announcements");
    }
}

/// <summary>What an agent does over HTTP.</summary>
public sealed record Agent(long ServerId, string Name, HttpClient Http)
{
    public async Task<TaskLease?> Claim(int wait = 0, params string[] types)
    {
        using var response = await Http.PostAsJsonAsync(
            WorkerRoutes.Claim,
            new ClaimRequest(types.Length == 0 ? ["hosting", "hosting-2"] : types, wait)
        );
        response.EnsureSuccessStatusCode();
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<TaskLease>();
    }

    public Task<Answer> Succeed(long task, Guid lease) => Post(WorkerRoutes.Complete(task), new CompleteRequest(lease, "success"));

    public Task<Answer> Fail(long task, Guid lease, bool permanent = false, string message = "nginx said no.") =>
        Post(WorkerRoutes.Complete(task), new CompleteRequest(lease, "failed", permanent, new TaskError("nginx_config_invalid", message)));

    public Task<Answer> Post(string path, object body) => Post(path, JsonContent.Create(body, body.GetType()));

    public async Task<Answer> Post(string path, HttpContent body)
    {
        using var response = await Http.PostAsync(path, body);
        return await Answer.Of(response);
    }
}

/// <param name="Code">The problem's code; null for a success.</param>
public sealed record Answer(int Status, string? Code, string Body)
{
    public static async Task<Answer> Of(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var code =
            response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? JsonDocument.Parse(body).RootElement.GetProperty("code").GetString()
                : null;
        return new Answer((int)response.StatusCode, code, body);
    }
}
