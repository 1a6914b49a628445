using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

/// <summary>A running panel with orders whose chains stop where one wants them to.</summary>
public sealed class JobsPanel : IAsyncLifetime
{
    public StripeSimulation Stripe { get; private set; } = null!;
    public PanelServer Server { get; private set; } = null!;
    public OrderDesk Desk { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await StripeSimulation.Start();
        Server = await PanelServer.Start(
            stripe: Stripe,
            settings: new Dictionary<string, string?> { ["Jobs:ReportInterval"] = "00:00:00.200" }
        );
        Desk = await OrderDesk.Open(Server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Stripe.DisposeAsync();
    }

    /// <summary>An order whose payment step stopped for a person, and the id of that step.</summary>
    public async Task<(string Reference, long Job)> Stopped()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await Stripe.Payment(payment, OrderDesk.ExampleTotal);
        await Stripe.Fail(new Failure(FailureKind.WrongAmount, payment));
        var reference = await Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await Desk.UntilStatus(reference, "needs_review");
        return (
            reference,
            await Desk.Count(
                "select s.id from job_steps s join job_chains c on c.id = s.chain_id where c.subject = @reference and s.state = 'failed'",
                new { reference }
            )
        );
    }

    public Task<long> Steps(string reference, string state) =>
        Desk.Count(
            "select count(*) from job_steps s join job_chains c on c.id = s.chain_id where c.subject = @reference and s.state = @state",
            new { reference, state }
        );

    public Task<long> Audited(string action, long job) =>
        Desk.Count(
            "select count(*) from audit_entries where action = @action and subject = @subject",
            new { action, subject = $"job {job}" }
        );
}
