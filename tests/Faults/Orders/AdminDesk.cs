using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MPanel.Faults.World;

namespace MPanel.Faults.Orders;

/// <param name="Action">As the audit log names it.</param>
public sealed record AdminAct(string Action, string Subject);

/// <summary>
/// Admins at work: they decide on orders that wait, retry what failed, drain servers, cancel and note, suspend websites, remove and
/// restore, rename and rebuild them.
/// </summary>
public sealed class AdminDesk(FaultWorld world, int seed) : IDisposable
{
    private readonly HttpClient _panel = world.Client(TimeSpan.FromSeconds(8));
    private readonly ConcurrentBag<AdminAct> _acts = [];
    private readonly ConcurrentBag<string> _surprises = [];
    private readonly Random _random = new(seed);

    /// <summary>What the panel said it has done.</summary>
    public IReadOnlyCollection<AdminAct> Acts => _acts;

    /// <summary>Answers that no admin should ever see.</summary>
    public IReadOnlyCollection<string> Surprises => _surprises;

    /// <summary>One thing or another, whatever the panel's state.</summary>
    public async Task DoSomething()
    {
        switch (_random.Next(12))
        {
            case 0 or 1:
                await AcceptPrices();
                break;
            case 2 or 3:
                await RetryFailedTasks();
                break;
            case 4:
                await Drain($"srv{_random.Next(1, 4)}");
                break;
            case 5:
                await CancelAndRetry();
                break;
            case 6:
                await SuspendAndResume();
                break;
            case 7:
                await RemoveAndRestore();
                break;
            case 8:
                await Rename();
                break;
            case 9:
                await Rebuild();
                break;
            default:
                // Also mends a drain whose end was not heard.
                await Activate();
                await Note();
                break;
        }
    }

    /// <summary>Everything that waits for a person and can be helped is: to be repeated until nothing is left.</summary>
    public async Task ClearUp()
    {
        await Activate();
        await AcceptPrices();
        await BringBack();
        await RetryFailedTasks();
        // An outage that outlasted every attempt is no verdict about the order.
        foreach (var order in await List("/api/admin/orders?status=needs_review&pageSize=100"))
        {
            if (!Reasons.Contains(order.GetProperty("reasonCode").GetString()))
                await Act(
                    $"/api/admin/orders/{Text(order, "reference")}/resume",
                    new { },
                    new("order.resumed", $"order {Text(order, "reference")}")
                );
        }
    }

    public void Dispose() => _panel.Dispose();

    // Those that the orders' kinds lead to.
    private static readonly string[] Reasons =
    [
        "amount_mismatch",
        "unknown_product",
        "payment_not_found",
        "payment_cancelled",
        "domain_taken",
        "price_mismatch",
        "duplicate_hosting",
    ];

    private async Task AcceptPrices()
    {
        foreach (var order in await List("/api/admin/orders?status=needs_review&pageSize=100"))
        {
            object? decision = order.GetProperty("reasonCode").GetString() switch
            {
                "price_mismatch" => new { acceptPrices = true },
                "duplicate_hosting" => new { accept = "apply_plan" },
                _ => null,
            };
            if (decision is not null)
                await Act(
                    $"/api/admin/orders/{Text(order, "reference")}/resume",
                    decision,
                    new("order.resumed", $"order {Text(order, "reference")}")
                );
        }
    }

    private async Task RetryFailedTasks()
    {
        foreach (var task in await List("/api/admin/provisioning/tasks?status=failed&pageSize=100"))
            await Act(
                $"/api/admin/provisioning/tasks/{task.GetProperty("id").GetInt64()}/retry",
                null,
                new("task.retried", $"task {task.GetProperty("id").GetInt64()}")
            );
    }

    // Of what no agent here can do, so that it always waits.
    private async Task CancelAndRetry()
    {
        var waiting = await List("/api/admin/provisioning/tasks?status=pending&type=backup&pageSize=20");
        if (waiting.Count == 0)
            return;
        var id = waiting[_random.Next(waiting.Count)].GetProperty("id").GetInt64();
        await Act($"/api/admin/provisioning/tasks/{id}/cancel", null, new("task.cancelled", $"task {id}"));
        await Act($"/api/admin/provisioning/tasks/{id}/retry", null, new("task.retried", $"task {id}"));
    }

    private async Task SuspendAndResume()
    {
        if (await AnyWebsite() is not { } site)
            return;
        var reason = new { reason = _random.Next(2) == 0 ? "unpaid" : "abuse" };
        await Website(site, "suspend", reason, "website.suspended");
        await Task.Delay(_random.Next(1500));
        await Website(site, "resume", reason, "website.resumed");
    }

    private async Task RemoveAndRestore()
    {
        if (await AnyWebsite() is not { } site)
            return;
        await Website(site, "remove", new { domain = Text(site, "domain") }, "website.removing");
        await Task.Delay(_random.Next(1500));
        await Website(site, "restore", null, "website.restored");
    }

    private async Task Rename()
    {
        if (await AnyWebsite() is not { } site)
            return;
        var name = $"r{_random.Next(1_000_000)}.{Text(site, "domain")}";
        if (name.Length > 120)
            return;
        await Website(site, "names", new { name }, "website.name_added");
        await Website(site, $"names/{name}/primary", new { keep = true }, "website.renamed");
    }

    private async Task Rebuild()
    {
        if (await AnyWebsite() is { } site)
            await Website(site, "rebuild", null, "website.rebuilt");
    }

    /// <summary>What was suspended or removed, and whose end was not heard.</summary>
    private async Task BringBack()
    {
        foreach (var site in await List("/api/admin/websites?status=removing&pageSize=100"))
            await Website(site, "restore", null, "website.restored");
        foreach (var site in await List("/api/admin/websites?status=suspended&pageSize=100"))
        foreach (var reason in new[] { "unpaid", "abuse" })
            await Website(site, "resume", new { reason }, "website.resumed");
    }

    private async Task<JsonElement?> AnyWebsite()
    {
        var sites = await List("/api/admin/websites?status=active&sort=-created&pageSize=50");
        return sites.Count == 0 ? null : sites[_random.Next(sites.Count)];
    }

    private Task Website(JsonElement site, string verb, object? body, string action) =>
        Act($"/api/admin/websites/{site.GetProperty("id").GetInt64()}/{verb}", body, new(action, $"website {Text(site, "domain")}"));

    // Not for long: what is sold for its websites waits meanwhile.
    private async Task Drain(string name)
    {
        await ChangeState(name, "draining");
        await Task.Delay(1000);
        await Activate();
    }

    private async Task Activate()
    {
        foreach (var server in new[] { "srv1", "srv2", "srv3" })
            await ChangeState(server, "active");
    }

    private async Task ChangeState(string name, string state)
    {
        var found = await List($"/api/admin/servers?q={name}");
        if (found.FirstOrDefault(s => Text(s, "name") == name) is not { ValueKind: JsonValueKind.Object } server)
            return;
        if (Text(server, "state") == state)
            return;
        var path = $"/api/admin/servers/{server.GetProperty("id").GetInt64()}";
        if (await Get(path) is not { } details)
            return;
        var version = details.GetProperty("server").GetProperty("version").GetInt32();
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(new { version, state }) };
        await Send(request, new("server.changed", $"server {name}"));
    }

    private async Task Note()
    {
        var orders = await List("/api/admin/orders?pageSize=20");
        if (orders.Count == 0)
            return;
        var reference = Text(orders[_random.Next(orders.Count)], "reference");
        await Act($"/api/admin/orders/{reference}/notes", new { text = "Looked at it." }, new("order.noted", $"order {reference}"));
    }

    private async Task Act(string path, object? body, AdminAct act)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        await Send(request, act);
    }

    private async Task Send(HttpRequestMessage request, AdminAct act)
    {
        try
        {
            using var answer = await _panel.SendAsync(request);
            if (answer.IsSuccessStatusCode)
                _acts.Add(act);
            else if ((int)answer.StatusCode is not (404 or 408 or 409 or 422 or 429 or 503))
                _surprises.Add(
                    $"{request.Method} {request.RequestUri} got {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}"
                );
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            // Nobody knows whether it was done; an admin looks again.
        }
    }

    private async Task<List<JsonElement>> List(string path) =>
        await Get(path) is { } page ? [.. page.GetProperty("items").EnumerateArray()] : [];

    private async Task<JsonElement?> Get(string path)
    {
        try
        {
            using var answer = await _panel.GetAsync(path);
            if (answer.IsSuccessStatusCode)
                return await answer.Content.ReadFromJsonAsync<JsonElement>();
            if ((int)answer.StatusCode is not (429 or 503))
                _surprises.Add($"GET {path} got {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
