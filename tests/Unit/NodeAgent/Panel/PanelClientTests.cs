using System.Net;
using System.Text;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Panel;

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

    private static Task<PanelAnswer<MPanel.NodeAgent.Contract.RenewResponse>> Renew(HttpResponseMessage response)
    {
        var http = new HttpClient(new Canned(response)) { BaseAddress = new Uri("http://127.0.0.1/") };
        var options = new AgentOptions { StateDirectory = "/nonexistent" };
        return new PanelClient(http, new TokenFile(options), TimeProvider.System).Renew(1, Guid.NewGuid(), CancellationToken.None);
    }

    private sealed class Canned(HttpResponseMessage response) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(response);
    }
}
