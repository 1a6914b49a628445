using MPanel.Database.Jobs;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

/// <summary>A running panel with orders that stop where one wants them to.</summary>
public sealed class JobsPanel : IAsyncLifetime
{
    public StripeSimulation Stripe { get; private set; } = null!;
    public PanelServer Server { get; private set; } = null!;
    public OrderDesk Desk { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await StripeSimulation.Start();
        Server = await PanelServer.Start(stripe: Stripe);
        Desk = await OrderDesk.Open(Server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Stripe.DisposeAsync();
    }

    /// <summary>An order whose payment step stopped for a person, and the id of its job.</summary>
    public async Task<(string Reference, long Job)> Stopped()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Stripe.Payment(payment, OrderDesk.ExampleTotal);
        await Stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await Desk.UntilStatus(reference, "needs_review");
        return (reference, await Desk.Count("select id from outbox where title = @reference and state = 'stopped'", new { reference }));
    }

    public async Task<string> State(long job)
    {
        await using var db = await Server.DataSource.OpenConnectionAsync();
        return (await JobList.One(db, job))!.State;
    }

    public Task<long> Audited(string action, long job) =>
        Desk.Count(
            "select count(*) from audit_entries where action = @action and subject = @subject",
            new { action, subject = $"job {job}" }
        );
}
