using System.Net;
using System.Net.Sockets;
using System.Text;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;
using MPanel.Tests.Unit.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Panel;

public sealed class PanelClientTests
{
    [Fact]
    public async Task Answer_WithAProblem_CarriesItsCodeAndRetryAfter()
    {
        var answer = await Renew(
            new HttpResponseMessage(HttpStatusCode.TooManyRequests)
            {
                Content = new StringContent("""{"code":"slow_down","detail":"later"}""", Encoding.UTF8, "application/problem+json"),
                Headers = { { "Retry-After", "17" } },
            }
        );

        Assert.Equal((429, "slow_down", "later", TimeSpan.FromSeconds(17)), (answer.Status, answer.Code, answer.Detail, answer.RetryAfter));
        Assert.True(answer.Unavailable);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"leaseSeconds":"soon"}""")]
    public async Task Answer_ThatIsNotWhatWasAgreed_CountsAsNone(string body)
    {
        var answer = await Renew(
            new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") }
        );

        Assert.Equal(0, answer.Status);
        Assert.True(answer.Unavailable);
        Assert.Null(answer.Body);
    }

    [Theory]
    [InlineData("""{"code":"task_unknown"}""", "application/problem+json", true)]
    [InlineData("<html>not found</html>", "text/html", false)]
    [InlineData("{", "application/json", false)]
    public async Task NotFound_CountsForTheLeaseOnlyWithThePanelsCode(string body, string type, bool refused)
    {
        var answer = await Renew(
            new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent(body, Encoding.UTF8, type) }
        );

        Assert.Equal(refused, answer.LeaseRefused);
    }

    [Fact]
    public async Task Answer_OfARedirect_IsNotFollowedAndNotAccepted()
    {
        var answer = await Renew(
            new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://elsewhere.test/") } }
        );

        Assert.Equal(302, answer.Status);
        Assert.False(answer.Accepted);
    }

    [Theory]
    [InlineData("0192f0c1a2b3", "0192f0c1a2b3")]
    [InlineData("not\r\nX-Evil: a header", null)]
    [InlineData("n\u00f6n-ascii", null)]
    public async Task Call_UnderALease_CarriesItsCorrelationWhereAHeaderCan(string correlationId, string? sent)
    {
        var canned = new Canned(new HttpResponseMessage(HttpStatusCode.Conflict));

        await Renew(canned, correlationId);

        Assert.Equal(sent, canned.Correlation);
    }

    [Theory]
    [MemberData(nameof(Breakdowns))]
    public async Task Call_WhoseConnectionBreaks_CountsAsUnanswered(Exception breakdown)
    {
        var answer = await Client(new Canned(breakdown), TimeProvider.System).Claim(["hosting"], 0, CancellationToken.None);

        Assert.True(answer.Unanswered);
    }

    public static TheoryData<Exception> Breakdowns =>
        [new HttpRequestException("refused"), new IOException("cut off"), new SocketException((int)SocketError.NotConnected)];

    [Fact]
    public async Task Pause_WhileNobodyAnswers_EndsWithTheNextCallThatIsAccepted()
    {
        var panel = Client(new Canned(new HttpResponseMessage(HttpStatusCode.NoContent)), new ManualTime());
        var pause = panel.Pause(TimeSpan.FromMinutes(1), unanswered: true, CancellationToken.None);
        Assert.False(pause.IsCompleted);

        await panel.Claim(["hosting"], 0, CancellationToken.None);

        await pause.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(HttpStatusCode.NoContent, false)]
    public async Task Pause_ThatThePanelAskedForOrCalledFor_LastsToItsEnd(HttpStatusCode status, bool unanswered)
    {
        var time = new ManualTime();
        var panel = Client(new Canned(new HttpResponseMessage(status)), time);
        var pause = panel.Pause(TimeSpan.FromMinutes(1), unanswered, CancellationToken.None);

        await panel.Claim(["hosting"], 0, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(pause.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));
        await pause.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pause_WhenTheAgentStops_Ends(bool unanswered)
    {
        using var stopping = new CancellationTokenSource();
        var panel = Client(new Canned(new HttpResponseMessage(HttpStatusCode.NoContent)), new ManualTime());
        var pause = panel.Pause(TimeSpan.FromMinutes(1), unanswered, stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause);
    }

    private static Task<PanelAnswer<RenewResponse>> Renew(HttpResponseMessage response) => Renew(new Canned(response), "0192f0c1a2b3");

    private static Task<PanelAnswer<RenewResponse>> Renew(Canned canned, string correlationId) =>
        Client(canned, TimeProvider.System).Renew(1, Guid.NewGuid(), correlationId, CancellationToken.None);

    private static PanelClient Client(Canned canned, TimeProvider time)
    {
        var http = new HttpClient(canned) { BaseAddress = new Uri("http://127.0.0.1/") };
        var token = new TokenFile(new AgentOptions { StateDirectory = "/nonexistent" });
        return new PanelClient(http, token, time);
    }

    private sealed class Canned(Func<HttpResponseMessage> response) : HttpMessageHandler
    {
        public Canned(HttpResponseMessage response)
            : this(() => response) { }

        public Canned(Exception breakdown)
            : this(() => throw breakdown) { }

        public string? Correlation { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Correlation = request.Headers.TryGetValues("X-Correlation-Id", out var sent) ? sent.Single() : null;
            return Task.FromResult(response());
        }
    }
}
