using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>A person on the dashboard, as its own scripts act for them.</summary>
internal sealed class DashboardVisit(PagesClient pages) : IDisposable
{
    public static async Task<DashboardVisit> Open(PanelServer panel, params string[] permissions) => new(await panel.SignIn(permissions));

    public PagesClient Pages => pages;

    public Task<HttpResponseMessage> Get(string path) => pages.GetAsync("/hangfire" + path);

    public async Task<string> Text(string path)
    {
        using var answer = await Get(path);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsStringAsync()
            : throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
    }

    /// <summary>Presses a job's button, <c>requeue</c> or <c>delete</c>.</summary>
    public async Task<HttpStatusCode> Press(string button, string jobId, bool withToken = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/hangfire/jobs/actions/{button}/{jobId}");
        if (withToken)
        {
            var page = await Text("/");
            request.Headers.Add(Meta(page, "csrf-header"), Meta(page, "csrf-token"));
        }
        using var answer = await pages.SendAsync(request);
        return answer.StatusCode;
    }

    public void Dispose() => pages.Dispose();

    private static string Meta(string page, string name) =>
        WebUtility.HtmlDecode(Regex.Match(page, $"<meta name=\"{name}\" content=\"([^\"]+)\"").Groups[1].Value);
}
