using System.Net;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>How orders look on the dashboard, and what its buttons do to them.</summary>
public sealed class OrderJobTests(OrderJobTests.Shop shop) : IClassFixture<OrderJobTests.Shop>
{
    /// <summary>Of jobs about an order; each of them is named for its step and the order.</summary>
    private const string Jobs = """hangfire.job j where trim('"' from j.arguments ->> 1) like '% for ' || @reference""";

    public sealed class Shop : IAsyncLifetime
    {
        public StripeSimulation Stripe { get; private set; } = null!;
        public PanelServer Panel { get; private set; } = null!;
        public OrderDesk Desk { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Stripe = await StripeSimulation.Start();
            Panel = await PanelServer.Start(stripe: Stripe);
            Desk = await OrderDesk.Open(Panel);
        }

        public async ValueTask DisposeAsync()
        {
            await Panel.DisposeAsync();
            await Stripe.DisposeAsync();
        }
    }

    [Fact]
    public async Task Order_ThatIsDone_IsSixNamedJobsWithoutPersonalData()
    {
        var reference = await Place();

        await Shows(
            reference,
            "Customer Succeeded, Invoice Succeeded, Order Succeeded, Payment Succeeded, Subscriptions Succeeded, Tasks Succeeded"
        );

        Assert.Equal(
            "0",
            await Scalar(
                """
                select count(*)::text from (
                    select j::text as row from hangfire.job j union all select s::text from hangfire.state s union all select p::text from hangfire.jobparameter p
                ) rows where row like '%client@example.com%' or row like '%Client Name%'
                """,
                reference
            )
        );
    }

    [Fact]
    public async Task Job_OfAnOrder_LinksToItForWhoMaySeeOrders()
    {
        var (reference, job) = await Stopped();
        using var both = await DashboardVisit.Open(shop.Panel, "jobs.view", "orders.view");
        using var jobs = await DashboardVisit.Open(shop.Panel, "jobs.view");

        Assert.Contains(
            $"<a href=\"/orders/{reference}\">{reference}</a>",
            await both.Text($"/jobs/details/{job}"),
            StringComparison.Ordinal
        );
        var plain = await jobs.Text($"/jobs/details/{job}");
        Assert.DoesNotContain("/orders/", plain, StringComparison.Ordinal);
        Assert.Contains($"<strong>In the panel:</strong> {reference}", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requeue_OfAStoppedOrder_ResumesItAndIsAudited()
    {
        var (reference, job) = await Stopped();
        using var looker = await DashboardVisit.Open(shop.Panel, "jobs.view");
        using var visit = await DashboardVisit.Open(shop.Panel, "jobs.view", "jobs.manage");

        Assert.Equal(HttpStatusCode.Unauthorized, await looker.Press("requeue", job));
        Assert.Equal(HttpStatusCode.Forbidden, await visit.Press("requeue", job, withToken: false));
        Assert.Equal("", await Audited(reference));
        Assert.Equal(HttpStatusCode.NoContent, await visit.Press("requeue", job));

        // Nothing was mended, so it stops there again: in the same job.
        await Until(
            $"select count(*) = 2 from hangfire.state s where s.name = 'Failed' and s.jobid in (select j.id from {Jobs})",
            reference
        );
        await Shows(reference, "Payment Failed");
        Assert.Equal($"job.retried user {visit.Pages.Email}", await Audited(reference));
        Assert.Equal(
            visit.Pages.Email,
            await Scalar(
                """
                select string_agg(t.actor, ' ') from timeline t join order_intakes i on i.id = t.subject_id
                where t.subject_kind = 'intake' and i.reference = @reference and t.outcome = 'resumed'
                """,
                reference
            )
        );
    }

    [Fact]
    public async Task Requeue_OfAStepThatIsDone_ChangesNothing()
    {
        var reference = await Place();
        await shop.Desk.UntilStatus(reference, "completed");
        await Until($"select count(*) = 6 from {Jobs} and j.statename = 'Succeeded'", reference);
        using var visit = await DashboardVisit.Open(shop.Panel, "jobs.view", "jobs.manage");
        var before = await Scalar($"select string_agg(j::text, ' ' order by j.id) from {Jobs}", reference);

        foreach (var job in (await Scalar($"select string_agg(j.id::text, ' ') from {Jobs}", reference)).Split(' '))
            Assert.NotEqual(HttpStatusCode.NoContent, await visit.Press("requeue", job));

        Assert.Equal(before, await Scalar($"select string_agg(j::text, ' ' order by j.id) from {Jobs}", reference));
        Assert.Equal("", await Audited(reference));
    }

    [Fact]
    public async Task Requeue_OfAStepThatIsDone_DoesNotResumeTheOrderThatStoppedBehindIt()
    {
        var domain = OrderDesk.NewDomain();
        await shop.Desk.UntilStatus(await shop.Desk.Place(OrderDesk.Example(await Paid(), domain)), "completed");
        var reference = await shop.Desk.Place(OrderDesk.Example(await Paid(), domain, "other@example.com"));
        await Shows(reference, "Customer Succeeded, Order Failed, Payment Succeeded");
        using var visit = await DashboardVisit.Open(shop.Panel, "jobs.view", "jobs.manage");

        var done = await Scalar($"select min(j.id)::text from {Jobs} and j.statename = 'Succeeded'", reference);
        Assert.NotEqual(HttpStatusCode.NoContent, await visit.Press("requeue", done));

        Assert.Equal("", await Audited(reference));
    }

    [Fact]
    public async Task Delete_OfAStoppedOrder_IsRefusedWithASentence()
    {
        var (reference, job) = await Stopped();
        using var visit = await DashboardVisit.Open(shop.Panel, "jobs.view", "jobs.manage");

        Assert.NotEqual(HttpStatusCode.NoContent, await visit.Press("delete", job));

        await Shows(reference, "Payment Failed");
        Assert.Contains(
            "It is not deleted: what waits for a person is decided in the panel, where the order can be given up",
            await visit.Text($"/jobs/details/{job}"),
            StringComparison.Ordinal
        );
        Assert.Equal("needs_review", (await shop.Desk.Get(reference)).GetProperty("status").GetString());
        Assert.Equal("", await Audited(reference));
    }

    [Fact]
    public async Task Requeue_OfAScheduledOne_TriesItNow()
    {
        var payment = await Paid();
        await shop.Stripe.Fail(new Failure(FailureKind.Reset, payment));
        var reference = await shop.Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await Shows(reference, "Payment Scheduled");
        await shop.Stripe.ClearFailures();
        await Until("select count(*) = 1 from outbox where title = @reference and state = 'waiting'", reference);
        await shop.Desk.Execute("update outbox set due_at = now() + interval '1 hour' where title = @reference", new { reference });
        using var visit = await DashboardVisit.Open(shop.Panel, "jobs.view", "jobs.manage");

        Assert.Equal(
            HttpStatusCode.NoContent,
            await visit.Press("requeue", await Scalar($"select max(j.id)::text from {Jobs}", reference))
        );

        await shop.Desk.UntilStatus(reference, "completed");
        Assert.Equal($"job.hurried user {visit.Pages.Email}", await Audited(reference));
    }

    [Fact]
    public async Task Payment_CancelledAtStripe_EndsTheOrderInAJobThatWaitsForNobody()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await shop.Stripe.Payment(payment, OrderDesk.ExampleTotal, status: "canceled");

        var reference = await shop.Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        await shop.Desk.UntilStatus(reference, "rejected");
        await Shows(reference, "Payment Deleted");
        Assert.Equal(
            "Enqueued Processing Deleted",
            await Scalar(
                $"select string_agg(s.name, ' ' order by s.id) from hangfire.state s where s.jobid in (select j.id from {Jobs})",
                reference
            )
        );
        Assert.Equal(
            "cancelled payment_cancelled",
            await Scalar("select state || ' ' || code from outbox where title = @reference", reference)
        );
    }

    private async Task<string> Place(long amount = OrderDesk.ExampleTotal) =>
        await shop.Desk.Place(OrderDesk.Example(await Paid(amount), OrderDesk.NewDomain()));

    /// <summary>An order whose payment doesn't fit it, and Hangfire's id of its job.</summary>
    private async Task<(string Reference, string Job)> Stopped()
    {
        var reference = await Place(1);
        await Shows(reference, "Payment Failed");
        return (reference, await Scalar($"select max(j.id)::text from {Jobs}", reference));
    }

    private async Task<string> Paid(long amount = OrderDesk.ExampleTotal)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await shop.Stripe.Payment(payment, amount);
        return payment;
    }

    private async Task Shows(string reference, string jobs)
    {
        var shown = "";
        await Wait.Until(
            async () =>
                jobs
                == (
                    shown = await Scalar(
                        $"""
                        select string_agg(split_part(trim('"' from j.arguments ->> 1), ' for ', 1) || ' ' || j.statename, ', ' order by j.arguments ->> 1)
                        from {Jobs}
                        """,
                        reference
                    )
                ),
            jobs,
            () => $"It shows {shown}"
        );
    }

    /// <summary>What people did to the work on an order, such as "job.retried user a@example.com".</summary>
    private Task<string> Audited(string reference) =>
        Scalar(
            """
            select string_agg(a.action || ' ' || a.actor_kind || ' ' || a.actor_name, ', ' order by a.id) from audit_entries a
            where a.action like 'job.%' and a.after ->> 'subject' = @reference
            """,
            reference
        );

    private Task Until(string condition, string reference) =>
        Wait.Until(async () => await Scalar($"select ({condition})::text", reference) == "true", condition);

    private async Task<string> Scalar(string sql, string reference)
    {
        await using var db = await shop.Panel.DataSource.OpenConnectionAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<string>(db, sql, new { reference }) ?? "";
    }
}
