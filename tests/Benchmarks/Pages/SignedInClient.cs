using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Benchmarks.Parts;
using MPanel.Database.Access;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Security.Identity;
using MPanel.Web.Platform.Security.TwoFactor;

namespace MPanel.Benchmarks.Pages;

/// <summary>One answer of a page, as the server timed it.</summary>
/// <param name="Server">Milliseconds until the answer began, pages being rendered whole before that.</param>
/// <param name="Database">Milliseconds of it that statements took.</param>
/// <param name="Bytes">Body as it came over the wire, compressed.</param>
internal sealed record PageTime(double Server, double Database, long Bytes, string Text);

/// <summary>A browser without the drawing: signed in as a super admin, through the login page.</summary>
internal sealed partial class SignedInClient : IDisposable
{
    private readonly HttpClient _client;

    private SignedInClient(HttpClient client) => _client = client;

    public static async Task<SignedInClient> Open(PanelPart panel, CancellationToken stop)
    {
        const string email = "bench@example.com";
        var password = Guid.NewGuid().ToString();
        await using (var db = await panel.Database.OpenConnectionAsync(stop))
        {
            await Users.CreateAdmin(
                db,
                email,
                PasswordHashes.Hasher<object>().HashPassword(new object(), password),
                Guid.NewGuid().ToString("N"),
                TimeSpan.FromDays(1)
            );
            await db.ExecuteAsync("update users set must_change_password = false where normalized_email = upper(@email)", new { email });
        }
        var client = new HttpClient(
            new HttpClientHandler { CookieContainer = new CookieContainer(), AutomaticDecompression = DecompressionMethods.None }
        )
        {
            BaseAddress = new Uri($"http://127.0.0.1:{panel.PagesPort}"),
        };
        var token = Token().Match(await client.GetStringAsync("/login", stop)).Groups[1].Value;
        using var answer = await client.PostAsync(
            "/login",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["Email"] = email,
                    ["Password"] = password,
                    ["__RequestVerificationToken"] = token,
                }
            ),
            stop
        );
        if (answer.RequestMessage!.RequestUri!.AbsolutePath == "/login")
            throw new InvalidOperationException("The benchmark's own admin can't sign in.");
        if (answer.RequestMessage!.RequestUri!.AbsolutePath == "/account/two-factor")
            await SetUpTwoFactor(client, password, stop);
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br");
        return new SignedInClient(client);
    }

    /// <summary>A super admin sets it up before anything else.</summary>
    private static async Task SetUpTwoFactor(HttpClient client, string password, CancellationToken stop)
    {
        const string page = "/account/two-factor";
        var token = Token().Match(await client.GetStringAsync(page, stop)).Groups[1].Value;
        var fields = new Dictionary<string, string> { ["__RequestVerificationToken"] = token };
        using var started = await client.PostAsync($"{page}?handler=Start", new FormUrlEncodedContent(fields), stop);
        var secret = TestPhones.SecretOn(await started.Content.ReadAsStringAsync(stop));
        (fields["Code"], fields["Password"]) = (Totp.CodeAt(secret, DateTimeOffset.UtcNow), password);
        using var enabled = await client.PostAsync($"{page}?handler=Enable", new FormUrlEncodedContent(fields), stop);
        enabled.EnsureSuccessStatusCode();
    }

    public async Task<PageTime> Get(string path, CancellationToken stop)
    {
        using var answer = await _client.GetAsync(path, stop);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
        var body = await answer.Content.ReadAsByteArrayAsync(stop);
        var timing = string.Join(',', answer.Headers.GetValues("Server-Timing"));
        return new PageTime(Milliseconds(timing, "total"), Milliseconds(timing, "db"), body.Length, Text(answer, body));
    }

    /// <summary>The files that a page names, as bytes over the wire.</summary>
    public async Task<long> Files(string html, CancellationToken stop)
    {
        var bytes = 0L;
        foreach (var path in File().Matches(html).Select(m => m.Groups[1].Value).Distinct())
            bytes += (await _client.GetByteArrayAsync(WebUtility.HtmlDecode(path), stop)).Length;
        return bytes;
    }

    public void Dispose() => _client.Dispose();

    private static string Text(HttpResponseMessage answer, byte[] body)
    {
        if (!answer.Content.Headers.ContentEncoding.Contains("br"))
            return System.Text.Encoding.UTF8.GetString(body);
        using var plain = new StreamReader(
            new System.IO.Compression.BrotliStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress)
        );
        return plain.ReadToEnd();
    }

    private static double Milliseconds(string timing, string name) =>
        double.Parse(Regex.Match(timing, $@"\b{name};dur=([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("""name="__RequestVerificationToken" type="hidden" value="([^"]+)""")]
    private static partial Regex Token();

    [GeneratedRegex("""(?:src|href)="(/[^"]+\.(?:js|css|svg)[^"]*)""")]
    private static partial Regex File();
}
