using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>Calls about a task that its agent holds. Sacred path, see docs/blueprint.md.</summary>
public static class LeaseRoutes
{
    public static async Task<Results<Ok<RenewResponse>, ProblemHttpResult>> Renew(
        long id,
        RenewRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options,
        ProvisioningLog log
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var answer = await RenewLease.Run(db, id, server.Id, request.LeaseToken, options.Value.Lease);
        return answer == LeaseAnswer.Accepted
            ? TypedResults.Ok(new RenewResponse((int)options.Value.Lease.TotalSeconds))
            : await Refuse(db, answer, id, "renew", server, log);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Log(
        long id,
        LogRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options,
        ProvisioningLog log
    )
    {
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        var lines = request.Lines.Select(l => new NewLogLine(l.Seq, l.At, l.Level, LogText.Clean(l.Message))).ToList();
        var caps = new LogCaps(options.Value.LogBytes, options.Value.LogLines);
        await using var db = await dataSource.OpenConnectionAsync();
        var answer = await AppendLog.Run(db, id, server.Id, request.LeaseToken, lines, caps);
        return answer == LeaseAnswer.Accepted ? TypedResults.NoContent() : await Refuse(db, answer, id, "log", server, log);
    }

    public static async Task<Results<Ok, ProblemHttpResult>> Complete(
        long id,
        CompleteRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options,
        TaskAnnouncements announcements,
        JobSignals signals,
        ProvisioningMetrics metrics,
        ProvisioningLog log
    )
    {
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        var completion = new Completion(
            request.LeaseToken,
            request.Status == TaskState.Success,
            request.Permanent,
            request.Error?.Code,
            request.Error is { } error ? LogText.Clean(error.Message) : null,
            Digest(request),
            request.Applied is { } applied ? JsonSerializer.Serialize(applied, JsonSerializerOptions.Web) : null
        );
        await using var db = await dataSource.OpenConnectionAsync();
        var done = await CompleteTask.Run(db, id, server.Id, completion, options.Value.EffectiveRetryDelays);
        if (done.Answer is not (LeaseAnswer.Accepted or LeaseAnswer.AlreadyDone))
            return await Refuse(db, done.Answer, id, "complete", server, log);
        if (done.Answer == LeaseAnswer.Accepted)
        {
            if (completion.Succeeded)
                signals.Added();
            metrics.Ended(done.Type!, done.Status == TaskState.Pending ? "retry" : done.Status!);
            log.Ended(id, done, server, completion.ErrorCode);
            await announcements.Send(db, done.Woken);
        }
        return TypedResults.Ok();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Release(
        long id,
        ReleaseRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource,
        TaskAnnouncements announcements,
        ProvisioningLog log
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var (answer, woken) = await ReleaseTask.Run(db, id, server.Id, request.LeaseToken);
        await announcements.Send(db, woken);
        return answer is LeaseAnswer.Accepted or LeaseAnswer.AlreadyDone
            ? TypedResults.NoContent()
            : await Refuse(db, answer, id, "release", server, log);
    }

    private static async Task<ProblemHttpResult> Refuse(
        NpgsqlConnection db,
        LeaseAnswer answer,
        long id,
        string call,
        CallingServer server,
        ProvisioningLog log
    )
    {
        var (status, code, title) = answer switch
        {
            LeaseAnswer.NotFound => (404, "not_found", "There is no such task on this server."),
            LeaseAnswer.Contradiction => (409, "completion_contradicts", "This attempt was completed before, with another outcome."),
            _ => (409, "stale_lease", "The lease does not hold this task, or no longer."),
        };
        log.Refused(id, call, await TaskList.One(db, id), server, code);
        return Problems.Of(status, code, title);
    }

    /// <summary>Over what was sent, before anything is cleaned: an agent repeats itself byte by byte.</summary>
    private static byte[] Digest(CompleteRequest request) =>
        SHA256.HashData(
            request.Applied is null
                ? JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        request.Status,
                        request.Permanent,
                        request.Error,
                    }
                )
                : JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        request.Status,
                        request.Permanent,
                        request.Error,
                        request.Applied,
                    }
                )
        );
}
