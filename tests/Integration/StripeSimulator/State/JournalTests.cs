using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.StripeSimulator.State;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mpanel-stripe-");

    private string StateFile => Path.Combine(_directory.FullName, "state.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Start_LastLineCutByAKill_KeepsTheLinesBeforeIt()
    {
        await using (var before = await StripeSimulation.Start(StateFile))
        {
            await before.Payment("pi_1", 4582);
            await before.Payment("pi_2", 4582);
        }
        var text = await File.ReadAllTextAsync(StateFile);
        await File.WriteAllTextAsync(StateFile, text[..^20]);

        await using var after = await StripeSimulation.Start(StateFile);

        var payments = await after.Steer(HttpMethod.Get, "payment_intents");
        Assert.Equal(["pi_1"], payments.EnumerateArray().Select(p => p.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Start_FileOfAnEarlierVersion_KeepsItsPayments()
    {
        await File.WriteAllTextAsync(
            StateFile,
            """
            {
              "payments": [
                {
                  "id": "pi_1", "amount": 4582, "currency": "usd", "status": "succeeded", "livemode": false, "created": 1764000000,
                  "amount_received": 4582, "charge_id": "ch_1", "amount_refunded": 82, "disputed": false, "payment_method": "pm_card_visa",
                  "metadata": { "mpanel_order": "v1" }
                }
              ],
              "refunds": []
            }
            """
        );

        await using var stripe = await StripeSimulation.Start(StateFile);
        var payment = await stripe.Client().V1.PaymentIntents.GetAsync("pi_1", new() { Expand = ["latest_charge"] });

        Assert.Equal(
            ("succeeded", "v1", "ch_1", 82),
            (payment.Status, payment.Metadata["mpanel_order"], payment.LatestCharge.Id, payment.LatestCharge.AmountRefunded)
        );
    }

    [Fact]
    public async Task Restart_AfterTheClockWasAdvanced_KeepsTheTime()
    {
        await using (var before = await StripeSimulation.Start(StateFile))
            await before.Advance(TimeSpan.FromDays(30));

        await using var after = await StripeSimulation.Start(StateFile);

        Assert.Equal(30 * 24 * 3600, (await after.Steer(HttpMethod.Get, "clock")).GetProperty("ahead_seconds").GetInt64());
    }
}
