using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;
using MPanel.Web;

namespace MPanel.Tests.Integration.Web;

/// <summary>The server program, told to stop when it can't finish what it is at.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Process_ToldToStopInTheMiddleOfAStepWithItsDatabaseGone_Ends()
    {
        await using var database = await PostgresCluster.Start();
        await using var stripe = await StripeSimulation.Start();
        await using var web = await PanelServer.Start(
            await database.CreateDatabase(),
            new Dictionary<string, string?> { ["Roles"] = "web" },
            stripe: stripe
        );
        await stripe.Fail(new Failure(FailureKind.Timeout));
        var directory = Directory.CreateTempSubdirectory("mpanel-stop-");
        await using var jobs = ProgramProcess.Start(
            "jobs",
            typeof(PanelApp).Assembly.Location,
            directory.FullName,
            [],
            new Dictionary<string, string>
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Roles"] = "jobs",
                ["Http__ApiPort"] = $"{PostgresCluster.FreePort()}",
                ["Http__PagesPort"] = $"{PostgresCluster.FreePort()}",
                ["ConnectionStrings__MPanel"] = web.ConnectionString,
                ["Stripe__ApiKey"] = StripeSimulation.NewKey(),
                ["Stripe__BaseUrl"] = stripe.Url,
                ["Stripe__ExpectedLiveMode"] = "false",
                ["Jobs__DrainTimeout"] = "00:00:01",
                ["Invoices__Seller__Name"] = "Stop Hosting Ltd",
            }
        );
        var desk = await OrderDesk.Open(web);
        await desk.Place(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));
        await Wait.Until(async () => (await stripe.Requests()).Count > 0, "the payment to be asked for");

        await database.Kill();
        jobs.Terminate();

        await Wait.Until(() => jobs.HasExited, "the process to end");
        directory.Delete(recursive: true);
    }
}
