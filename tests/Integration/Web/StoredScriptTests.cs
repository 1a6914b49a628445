using System.Net;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Modules;
using Npgsql;

namespace MPanel.Tests.Integration.Web;

/// <summary>A panel in which every text that the database lets anybody store is hostile, and every page that can be reached from the menu.</summary>
public sealed partial class StoredScriptTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    private WorkerPanel _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await WorkerPanel.Start(s => s["Roles"] = "web");

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Script_StoredInEveryText_IsTextOnEveryPage()
    {
        await Fill();
        using var admin = await _panel.Server.SignInWithRole("super_admin");
        var hostile = await Poison();

        var (shown, complaints) = (0, new List<string>());
        var visited = await Walk(
            admin,
            (path, html) =>
            {
                if (html.Contains("<script>alert", StringComparison.Ordinal) || html.Contains("<img src=x", StringComparison.Ordinal))
                    complaints.Add($"{path} has a script in it");
                if (html.Contains("&lt;script&gt;alert(1)", StringComparison.Ordinal))
                    shown++;
            }
        );

        // What people, customers and agents write themselves is among it.
        Assert.Empty(
            (
                (string[])
                    [
                        "customers.name",
                        "customers.company_name",
                        "customer_notes.body",
                        "timeline.message",
                        "refused_orders.body",
                        "refused_orders.received_by",
                        "products.name",
                        "products.description",
                        "provisioning_tasks.last_error",
                        "task_log_lines.message",
                        "users.display_name",
                        "roles.name",
                        "roles.description",
                        "api_keys.name",
                        "sessions.user_agent",
                        "login_attempts.email",
                        "outbox.reason",
                        "server_heartbeats.agent_version",
                        "disputes.reason",
                        "fraud_warnings.fraud_type",
                        "refunds.failure",
                        "stripe_events.outcome",
                        "payments.card_brand",
                    ]
            ).Except(hostile)
        );
        Assert.Empty(complaints);
        Assert.True(visited >= 60 && shown >= 25, $"{visited} pages, {shown} of them with hostile text");
    }

    [Fact]
    public async Task Name_InArabic_RunsItsOwnWayOnEveryPage()
    {
        const string name = "لينا";
        await Fill();
        await _panel.World.Execute(
            """
            update customers set name = @name, company_name = @name, billing_address = @name;
            insert into customer_notes (customer_id, author, body) select id, @name, @name from customers;
            update products set name = @name, description = @name;
            update users set display_name = @name;
            update roles set name = @name || ' ' || code, description = @name;
            update api_keys set name = @name;
            """,
            new { name }
        );
        using var admin = await _panel.Server.SignInWithRole("super_admin");
        var (shown, wrong) = (0, new List<string>());

        await Walk(
            admin,
            (path, html) =>
            {
                html = html.Replace(HtmlEncoder.Default.Encode(name), name, StringComparison.Ordinal);
                foreach (var tag in TagBefore(name).Matches(html).Select(m => m.Groups[1].Value))
                {
                    shown++;
                    if (!tag.Contains("dir=\"auto\"", StringComparison.Ordinal) && !PlainOnly().IsMatch(tag))
                        wrong.Add($"{path}: {tag}");
                }
            }
        );

        Assert.True(shown >= 25, $"{shown} names");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));
    }

    private async Task Fill()
    {
        var agent = await _panel.Agent();
        var task = await _panel.World.HostingTask(agent.ServerId, "filled.test", maxAttempts: 1);
        var lease = (await agent.Claim())!;
        await agent.Post(
            WorkerRoutes.Log(task),
            new LogRequest(lease.LeaseToken, [new LogLine(1, DateTimeOffset.UtcNow, "info", "Working.")])
        );
        await agent.Fail(task, lease.LeaseToken, permanent: true);
        using var key = await _panel.Server.Client("plans:read");
        await _panel.World.Execute(
            """
            -- What can't be changed afterwards has it from the start.
            insert into customer_notes (customer_id, author, body) select id, 'a', 'b' from customers;
            update customers set company_name = 'c', billing_address = 'd', vat_id = 'e', phone = 'f';
            insert into order_notes (intake_id, request_key, body, actor, correlation_id)
                select id, gen_random_uuid(), @Hostile, @Hostile, 'c' from order_intakes;
            insert into timeline (subject_kind, subject_id, step, outcome, code, message, actor, correlation_id)
                select 'intake', id, 'payment', 'failed', 'x', 'y', 'z', 'c' from order_intakes;
            insert into audit_entries (actor_kind, actor_name, action, subject, before, after, correlation_id)
                values ('user', @Hostile, 'role.changed', @Hostile, '{"x":"y"}', '{"x":"<script>alert(1)</script>"}', 'c');
            insert into refused_orders (key, stripe_payment_intent_id, body, faults, received_by, correlation_id)
                values ('k', 'pi_k', '{}', '[{"path":"<script>alert(1)</script>","code":"y","message":"<script>alert(1)</script>"}]', 'r', 'c');
            insert into payments (customer_id, stripe_payment_intent_id, status, amount, currency, livemode, card_brand, card_last4)
                select min(id), 'pi_claimed', 'succeeded', 10, 'USD', false, 'visa', '4242' from customers;
            insert into disputes (stripe_dispute_id, payment_id, amount, currency, status, stripe_status, reason, reading, opened_at)
                select 'dp_1', max(id), 10, 'USD', 'needs_response', 'needs_response', 'fraudulent', 1, now() from payments;
            insert into fraud_warnings (stripe_warning_id, payment_id, fraud_type, warned_at) select 'issfr_1', max(id), 'x', now() from payments;
            insert into refunds (payment_id, amount, currency, status, failure, reason, actor)
                select max(id), 1, 'USD', 'failed', 'x', 'y', 'z' from payments;
            insert into stripe_events (event_id, type, object_kind, object_id, payment_intent_id, livemode, created, state, outcome, came_by)
                values ('evt_1', 'refund.created', 'refund', 're_1', 'pi_claimed', false, now(), 'applied', 'x', 'webhook');
            insert into login_attempts (email, outcome, remote_address, user_agent) values ('e', 'unknown_user', 'r', 'u');
            insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
                select id, now(), 'v', '{hosting}', 1, '{}' from servers on conflict do nothing;
            insert into outbox (key, kind, subject_kind, subject_id, title, payload, state, code, reason, correlation_id)
                select 'order:' || id, 'order', 'intake', id, reference, '{"x":"<script>alert(1)</script>"}', 'stopped', 'c', 'e', 'c'
                from order_intakes;
            """,
            new { Hostile }
        );
    }

    /// <summary>Writes it into every text column that takes it: what has a rule of its own says no.</summary>
    /// <returns>Those that took it, as table.column.</returns>
    private async Task<List<string>> Poison()
    {
        await using var db = await _panel.Server.DataSource.OpenConnectionAsync();
        var columns = await db.QueryAsync<(string Table, string Column)>(
            """
            select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
              and a.atttypid = 'text'::regtype
              -- What signs the tests' own admin in, and what is no text for people.
              and a.attname not in ('security_stamp', 'password_hash', 'time_zone', 'prefix', 'totp_secret')
              and c.relname <> 'schema_migrations'
            """
        );
        var taken = new List<string>();
        foreach (var (table, column) in columns)
            try
            {
                // Whatever must be unique is, by what follows.
                await db.ExecuteAsync($"update {table} set {column} = @Hostile || ctid::text", new { Hostile });
                taken.Add($"{table}.{column}");
            }
            catch (PostgresException e) when (e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState == "P0001")
            {
                // A constraint or a trigger keeps it out.
            }
        return taken;
    }

    /// <summary>From the menu by every link and every live part, each page once.</summary>
    /// <param name="look">At the path and HTML of each.</param>
    /// <returns>How many there were.</returns>
    private static async Task<int> Walk(PagesClient admin, Action<string, string> look)
    {
        var (seen, next) = (new HashSet<string>(), new Queue<string>(PanelModules.All.Select(m => m.Route)));
        while (next.TryDequeue(out var path))
        {
            if (!seen.Add(path) || seen.Count > 500)
                continue;
            using var answer = await admin.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();
            // A reference that is no reference any more leads nowhere, and nowhere else.
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{path}: {answer.StatusCode}");
            if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                continue;
            look(path, html);
            foreach (var link in Link().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)))
                if (!Elsewhere().IsMatch(link))
                    next.Enqueue(link);
        }
        return seen.Count;
    }

    private static Regex TagBefore(string text) => new($"(<[^<>]*>)[^<>]*{text}[^<>]*<");

    /// <summary>Elements that hold text alone, for a browser's own parts.</summary>
    [GeneratedRegex("^<(title|option|script)\\b")]
    private static partial Regex PlainOnly();

    [GeneratedRegex("""\b(?:href|hx-get)="(/[^"#]*)""")]
    private static partial Regex Link();

    /// <summary>Files, other hosts, and the same list in another order.</summary>
    [GeneratedRegex(@"^//|^/(lib|css|js|logout)\b|\.(css|js|svg|ico|png)\b|[?&](sort|cursor|pageSize|q|from|to)=")]
    private static partial Regex Elsewhere();
}
