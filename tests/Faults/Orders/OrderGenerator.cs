namespace MPanel.Faults.Orders;

/// <summary>Orders of all kinds in an endless row, the same for the same seed.</summary>
public sealed class OrderGenerator(int seed)
{
    private static readonly OrderItem[] Hosting =
    [
        new("starter", 1, 29.88m, "year"),
        new("starter", 1, 3.49m, "month"),
        new("business", 1, 8.95m, "month"),
        new("wp-growth", 1, 10.95m, "month"),
    ];

    private static readonly OrderItem[] Extras =
    [
        new("daily-backups-30d", 1, 4.99m, "month"),
        new("professional-mail", 2, 2.99m, "month"),
        new("ssl-wildcard", 1, 69.00m, "year"),
        new("domain-registration", 1, 12.99m, "one_time"),
    ];

    // What no order may be for.
    private static readonly string[] HostileDomains =
    [
        "../../etc/passwd",
        "a..b.example",
        "localhost",
        "-x.example",
        "x_y.example",
        "xn--.example",
        "exa mple.example",
        "x.example\n127.0.0.1",
        "$(reboot).example",
        "x.example;listen 80",
    ];

    // So many of the latest orders may still be waiting for somebody.
    private const int Unsettled = 30;

    private readonly Random _random = new(seed);
    private readonly List<(string Email, string Domain)> _owners = [];
    private int _number;

    public PlannedOrder Next()
    {
        var kind = _random.Next(100) switch
        {
            < 62 => OrderKind.Valid,
            < 72 when _owners.Count > 0 => OrderKind.Again,
            < 77 => OrderKind.OldPrice,
            < 81 => OrderKind.Underpaid,
            < 84 => OrderKind.UnknownProduct,
            < 87 => OrderKind.Unpaid,
            < 90 => OrderKind.Cancelled,
            < 93 when _owners.Count > Unsettled => OrderKind.ForeignDomain,
            < 97 => OrderKind.Hostile,
            _ => OrderKind.Valid,
        };
        var sending = _random.Next(10) switch
        {
            < 5 => Sending.Once,
            < 7 => Sending.Repeated,
            < 9 => Sending.AtOnce,
            _ => Sending.Tampered,
        };
        return Make(kind, kind == OrderKind.Hostile ? Sending.Once : sending);
    }

    /// <summary>One that must go through, outside the row: for an owner's domain, or a new one when null.</summary>
    public PlannedOrder Canary((string Email, string Domain)? owner)
    {
        lock (_random)
        {
            var number = ++_number;
            var (email, domain) = owner ?? ($"canary{number}@example.com", $"c{seed}-{number}.example");
            OrderItem[] items = [Hosting[number % Hosting.Length]];
            return new PlannedOrder(
                number,
                owner is null ? OrderKind.Valid : OrderKind.Again,
                Sending.Once,
                $"pi_canary_{seed}_{number}",
                email,
                domain,
                items,
                Minor(items),
                "succeeded"
            );
        }
    }

    private PlannedOrder Make(OrderKind kind, Sending sending)
    {
        lock (_random)
        {
            var number = ++_number;
            var (email, domain) = ($"client{seed}.{_random.Next(200)}@example.com", $"f{seed}-{number}.example");
            if (kind is OrderKind.Again or OrderKind.ForeignDomain)
            {
                // A stranger comes when the domain is surely its owner's: of two orders under way, whichever is through first has it.
                var owner = _owners[_random.Next(kind == OrderKind.Again ? _owners.Count : _owners.Count - Unsettled)];
                (email, domain) = (kind == OrderKind.Again ? owner.Email : $"stranger{number}@example.com", owner.Domain);
            }
            else if (kind == OrderKind.Hostile)
                domain = HostileDomains[number % HostileDomains.Length];
            var items = Items(kind);
            if (kind is OrderKind.Valid)
                _owners.Add((email, domain));
            long? paid = kind switch
            {
                OrderKind.Unpaid => null,
                OrderKind.Underpaid => Minor(items) - 1,
                _ => Minor(items),
            };
            var status = kind == OrderKind.Cancelled ? "canceled" : "succeeded";
            return new PlannedOrder(number, kind, sending, $"pi_f_{seed}_{number}", email, domain, items, paid, status);
        }
    }

    private List<OrderItem> Items(OrderKind kind)
    {
        var items = new List<OrderItem> { Hosting[_random.Next(Hosting.Length)] };
        foreach (var extra in Extras)
        {
            if (_random.Next(5) == 0)
                items.Add(extra);
        }
        if (kind == OrderKind.OldPrice)
            items[0] = items[0] with { UnitPrice = items[0].UnitPrice - 1 };
        if (kind == OrderKind.UnknownProduct)
            items.Add(new OrderItem("no-such-plan", 1, 1m, "month"));
        return items;
    }

    private static long Minor(IEnumerable<OrderItem> items) => (long)(items.Sum(i => i.Qty * i.UnitPrice) * 100);
}
