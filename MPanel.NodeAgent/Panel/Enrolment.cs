using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Panel;

/// <summary>Exchanges the one-time code for the server's token, once in the life of a state directory.</summary>
internal sealed partial class Enrolment(
    AgentOptions options,
    TokenFile token,
    PanelClient panel,
    TimeProvider time,
    ILogger<Enrolment> logger
)
{
    /// <summary>Returns once there is a token, however long that takes.</summary>
    public async Task Ensure(CancellationToken stopping)
    {
        var backoff = new Backoff(Random.Shared);
        while (token.Current is null)
        {
            var answer = await panel.Enroll(options.EnrolmentCode ?? "", stopping);
            if (answer.Body is { } enrolled)
            {
                token.Write(enrolled);
                LogEnrolled(enrolled.Server, options.PanelUrl);
                return;
            }
            var refused = !answer.Unavailable;
            var pause = refused ? TimeSpan.FromSeconds(options.RefusedRetrySeconds) : backoff.Failed(answer.RetryAfter);
            if (refused)
                LogRefused(answer.Reason, token.Path, pause.TotalSeconds);
            else
                LogUnavailable(answer.Reason, pause.TotalSeconds);
            await Task.Delay(pause, time, stopping);
            token.Reload();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Enrolled as {Server} with {Panel}")]
    private partial void LogEnrolled(string server, string panel);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The panel refused the enrolment code ({Reason}): it works once and for 15 minutes. Set a new one as Agent:EnrolmentCode and restart, or put a token into {TokenFile}. Asking again in {Seconds:0} s"
    )]
    private partial void LogRefused(string reason, string tokenFile, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not enrol, the panel does not answer ({Reason}); again in {Seconds:0} s")]
    private partial void LogUnavailable(string reason, double seconds);
}
