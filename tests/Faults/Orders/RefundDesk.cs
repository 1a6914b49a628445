using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Dapper;
using MPanel.Faults.Invariants;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Orders;

/// <summary>People at Stripe's dashboard give money back, and the panel hears of it by webhook: late, twice, or when somebody sends it again.</summary>
public sealed class RefundDesk(FaultWorld world, int seed)
{
    public const string Secret = "whsec_of_the_fire";

    private readonly ConcurrentDictionary<string, (decimal Amount, string Status)> _made = new();
    private readonly HashSet<string> _again = [];
    private readonly Random _random = new(seed);

    /// <summary>Where the simulator sends its events: every one twice, since Stripe doesn't promise once.</summary>
    public Task Register() =>
        Steer(
            HttpMethod.Put,
            "webhook_endpoints/we_fire",
            new
            {
                url = $"{world.Front.Url}/api/webhooks/stripe",
                secrets = new[] { Secret },
                events = new[] { "refund.*", "charge.refunded" },
                habits = new { copies = 2, retry_seconds = Enumerable.Repeat(2, 30).ToArray() },
            }
        );

    /// <summary>A small part of some order that is invoiced, or the end of a refund that was under way.</summary>
    public async Task DoSomething()
    {
        if (_made.FirstOrDefault(r => r.Value.Status == "pending") is { Key: { } id, Value: var pending } && _random.Next(2) == 0)
        {
            var status = _random.Next(3) == 0 ? "failed" : "succeeded";
            if (await Steer(HttpMethod.Post, $"refunds/{id}/move", new { status }) is not null)
                _made[id] = pending with { Status = status };
            else
                // How it ended is not known.
                _made.TryRemove(id, out _);
            return;
        }
        if (await Invoiced() is not { } payment)
            return;
        var (amount, state) = (_random.Next(50, 300), _random.Next(3) == 0 ? "pending" : "succeeded");
        if (
            await Steer(
                HttpMethod.Post,
                "refunds",
                new
                {
                    of = payment,
                    amount,
                    status = state,
                }
            ) is
            { } made
        )
            _made[made.GetProperty("id").GetString()!] = (amount / 100m, state);
    }

    /// <summary>What no attempt could deliver is sent again.</summary>
    public async Task ClearUp()
    {
        if (await Steer(HttpMethod.Get, "deliveries") is not { } told)
            return;
        foreach (var failed in told.GetProperty("deliveries").EnumerateArray().Where(d => d.GetProperty("status").GetString() == "failed"))
        {
            if (_again.Add(failed.GetProperty("id").GetString()!))
                await Steer(HttpMethod.Post, $"events/{failed.GetProperty("event").GetString()}/redeliver");
        }
    }

    /// <summary>Whether all that Stripe tells of has arrived.</summary>
    public async Task<bool> AllTold() =>
        await Steer(HttpMethod.Get, "deliveries") is { } told && told.GetProperty("pending").GetInt32() == 0;

    /// <summary>Each refund is in the books, once and as it ended.</summary>
    public async Task<Invariant> Check(NpgsqlConnection db)
    {
        var booked = (
            await db.QueryAsync<(string Id, decimal Amount, string Status)>("select stripe_refund_id, amount, status from refunds")
        ).ToLookup(r => r.Id);
        var wrong = new List<string>();
        foreach (var (id, made) in _made)
        {
            var found = booked[id].Select(r => $"{r.Amount:0.00} {r.Status}").ToList();
            if (found.Count != 1 || found[0] != $"{made.Amount:0.00} {made.Status}")
                wrong.Add($"{id} is {made.Amount:0.00} {made.Status} at Stripe, and here: {string.Join(", ", found)}");
        }
        return new Invariant("every refund at Stripe is in the books once, as it ended", _made.Count, wrong);
    }

    private async Task<string?> Invoiced()
    {
        try
        {
            await using var db = await world.Observer.OpenConnectionAsync();
            return await db.ExecuteScalarAsync<string?>(
                """
                select p.stripe_payment_intent_id from payments p join invoices i on i.payment_id = p.id
                where p.allocated > 5 order by random() limit 1
                """
            );
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    /// <returns>Null when the simulator is gone, or refuses: whether it was done is not known then.</returns>
    private async Task<JsonElement?> Steer(HttpMethod method, string path, object? body = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"/_sim/{path}");
            if (body is not null)
                request.Content = JsonContent.Create(body);
            using var answer = await world.Simulator.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode && text.Length > 0 ? JsonElement.Parse(text) : null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
