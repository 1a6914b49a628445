using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>
/// A whole MPanel, started by <c>./mpanel up</c>, for all tests of its collection. A test that stops it starts it again, with
/// <see cref="Start"/>, so that the tests may run in any order.
/// </summary>
public sealed partial class RunningPanel : IAsyncLifetime
{
    public LauncherSettings Settings { get; } = new();
    public LauncherRun Up { get; private set; } = null!;

    /// <summary>What the very first start said: the one that shows the first admin's password.</summary>
    public string FirstOutput { get; private set; } = "";

    /// <summary>Address and one-time password of the first admin; whoever signs in with them changes the password.</summary>
    public (string Email, string OneTimePassword) FirstAdmin =>
        FirstAdminLine().Match(FirstOutput) is { Success: true } line
            ? (line.Groups[1].Value, line.Groups[2].Value)
            : throw new InvalidOperationException($"No first admin was shown:\n{FirstOutput}");

    public string MarketingKey => MarketingKeyLine().Match(Up.Output).Groups[1].Value;

    public async ValueTask InitializeAsync()
    {
        await Start();
        FirstOutput = Up.Output;
    }

    public async Task Start()
    {
        Up?.Dispose();
        Up = Settings.Run("up");
        await Up.WaitFor("Ctrl-C here stops everything");
    }

    /// <summary>Asks the API with the marketing key.</summary>
    public async Task<HttpResponseMessage> Api(HttpMethod method, string path, string? key = null)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Settings.ApiPort}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? MarketingKey);
        return await client.SendAsync(request);
    }

    /// <summary>Reads the front page of a website through the node's nginx, as a browser with its DNS there would.</summary>
    public async Task<(HttpStatusCode Status, string Body)> Site(string domain, string path = "/")
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Settings.NginxPort}{path}");
        request.Headers.Host = domain;
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public static async Task<bool> Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync()
    {
        Up?.Dispose();
        Settings.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"First admin\s+(\S+), one-time password (\S+)")]
    private static partial Regex FirstAdminLine();

    [GeneratedRegex(@"Marketing key\s+(\S+)")]
    private static partial Regex MarketingKeyLine();
}

[CollectionDefinition(Name)]
public sealed class RunningPanelTests : ICollectionFixture<RunningPanel>
{
    public const string Name = "A running panel";
}
