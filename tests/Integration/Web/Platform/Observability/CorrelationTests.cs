using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;

namespace MPanel.Tests.Integration.Web.Platform.Observability;

public sealed partial class CorrelationTests(CorrelationPanel panel) : IClassFixture<CorrelationPanel>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Other = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData(Trace, null, Trace)]
    [InlineData(null, $"00-{Trace}-00f067aa0ba902b7-01", Trace)]
    [InlineData(null, $"00-{Trace}-00f067aa0ba902b7-00", Trace)]
    [InlineData(Trace, $"00-{Other}-00f067aa0ba902b7-01", Trace)]
    [InlineData("deploy-2026-11", $"00-{Other}-00f067aa0ba902b7-01", Other)]
    public async Task Answer_ToACallerWithATrace_NamesIt(string? correlation, string? parent, string expected) =>
        Assert.Equal(expected, await Answered(correlation, parent));

    [Theory]
    [InlineData(null, null)]
    [InlineData("deploy-2026-11", null)]
    [InlineData("4BF92F3577B34DA6A3CE929D0E0E4736", null)]
    [InlineData("00000000000000000000000000000000", null)]
    [InlineData($"{Trace}-00f067aa0ba902b7-01-", null)]
    [InlineData(null, Trace)]
    [InlineData(null, "00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData(null, $"ff-{Trace}-00f067aa0ba902b7-01")]
    public async Task Answer_ToACallerWithout_NamesANewTrace(string? correlation, string? parent)
    {
        var first = await Answered(correlation, parent);
        var second = await Answered(correlation, parent);

        Assert.Matches(TraceId(), first);
        Assert.NotEqual(Trace, first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Order_KeepsTheTraceItCameWith()
    {
        using var client = await panel.Server.Client("orders:write");
        using var request = new HttpRequestMessage(HttpMethod.Post, OrderDesk.Route);
        request.Content = JsonContent.Create(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));
        request.Headers.Add("traceparent", $"00-{Other}-00f067aa0ba902b7-01");

        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();

        Assert.Equal(
            1,
            await new OrderDesk(panel.Server, client).Count(
                "select count(*) from order_intakes where correlation_id = @Other",
                new { Other }
            )
        );
    }

    [Fact]
    public async Task Problem_NamesTheTraceOfItsAnswer()
    {
        using var client = await panel.Server.Client();
        using var answer = await client.GetAsync("/api/public/plans");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(answer.Headers.GetValues(Correlation.Header).Single(), problem.GetProperty("correlationId").GetString());
    }

    private async Task<string> Answered(string? correlation, string? parent)
    {
        // Its own handler: the client's would send a trace of this process.
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var client = new HttpClient(handler) { BaseAddress = panel.Server.ApiAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        if (correlation is not null)
            request.Headers.TryAddWithoutValidation(Correlation.Header, correlation);
        if (parent is not null)
            request.Headers.TryAddWithoutValidation("traceparent", parent);
        using var answer = await client.SendAsync(request);
        return answer.Headers.GetValues(Correlation.Header).Single();
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex TraceId();
}

public sealed class CorrelationPanel : IAsyncLifetime
{
    public PanelServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
