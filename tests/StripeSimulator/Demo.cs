using System.Diagnostics;
using System.Net;
using MPanel.StripeSimulator.Demonstration;

namespace MPanel.StripeSimulator;

/// <summary>Plays the marketing API: pays for the example order, sends it, and follows it until its site answers.</summary>
internal static class Demo
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <returns>0 when the site answers, 1 when not, 2 when the command line is wrong.</returns>
    public static async Task<int> Run(string[] args)
    {
        try
        {
            var settings = DemoSettings.Parse(args);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };
            await Follow(settings, new DemoCalls(http, settings), Console.Out);
            return 0;
        }
        catch (SimulatorSettingsException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{SimulatorSettings.Usage}");
            return 2;
        }
        catch (DemoFailedException e)
        {
            await Console.Error.WriteLineAsync($"\nThe demo did not work: {e.Message}");
            return 1;
        }
    }

    private static async Task Follow(DemoSettings settings, DemoCalls calls, TextWriter output)
    {
        await output.WriteLineAsync(
            $"Payment   {settings.PaymentIntent}, {DemoOrder.Total} USD, {await calls.Pay()} at the Stripe simulator"
        );
        var sentAt = TimeProvider.System.GetUtcNow();
        var elapsed = Stopwatch.StartNew();
        var (status, reference) = await calls.Send();
        var repeated = status == HttpStatusCode.OK;
        await output.WriteLineAsync(
            repeated
                ? $"Order     {reference}: 200, this payment was ordered before. Nothing changed; this is how it went then:"
                : $"Order     {reference}: {(int)status}, accepted"
        );

        var timeline = new DemoTimeline(output, repeated ? null : sentAt);
        while (true)
        {
            var order = await calls.Order(reference);
            await timeline.Print(order);
            if (order.Failure() is { } failure)
                throw new DemoFailedException(failure);
            if (order.HostingIsDone() && await calls.SiteAnswers())
            {
                elapsed.Stop();
                // What was written between the question and the site's answer.
                await timeline.Print(await calls.Order(reference));
                break;
            }
            if (elapsed.Elapsed > settings.Timeout)
                throw new DemoFailedException(await calls.WhyNot(order));
            await Task.Delay(Pause);
        }
        await timeline.PrintWaiting();
        await output.WriteLineAsync(
            repeated
                ? $"\nThe site of {settings.Domain} answers, as before."
                : $"\nThe site of {settings.Domain} answers {elapsed.Elapsed.TotalSeconds:0.00} s after the order was sent."
        );
        await output.WriteLineAsync($"Try it:   curl -H 'Host: {settings.Domain}' {settings.Nginx}");
        await output.WriteLineAsync(
            $"Repeat:   ./mpanel demo --payment-intent {settings.PaymentIntent} --domain {settings.Domain} --email {settings.Email}"
        );
    }
}
