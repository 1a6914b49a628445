using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Panel;

/// <summary>The worker API. Never throws for what the network or the panel does; throws only when cancelled.</summary>
internal sealed class PanelClient(HttpClient http, TokenFile token, TimeProvider time)
{
    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(15);
    private TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends when any call is accepted. Who pauses because nobody answered may go on then: the heartbeat, which never pauses for long, finds a
    /// panel that is back before the others would ask.
    /// </summary>
    public Task NextAccepted => Volatile.Read(ref _accepted).Task;

    public Task<PanelAnswer<EnrollResponse>> Enroll(string code, CancellationToken cancellationToken) =>
        Post<EnrollResponse>(WorkerRoutes.Enroll, new EnrollRequest(code, AgentVersion.Current), CallBound, cancellationToken);

    public Task<PanelAnswer<HeartbeatResponse>> Heartbeat(HeartbeatRequest request, CancellationToken cancellationToken) =>
        Post<HeartbeatResponse>(WorkerRoutes.Heartbeat, request, CallBound, cancellationToken);

    /// <summary>Status 204 from a panel that asks for nothing more.</summary>
    public Task<PanelAnswer<InventoryResponse>> Inventory(InventoryRequest request, CancellationToken cancellationToken) =>
        Post<InventoryResponse>(WorkerRoutes.Inventory, request, CallBound, cancellationToken);

    public Task<PanelAnswer<Nothing>> KeptSpecs(KeptSpecsRequest request, CancellationToken cancellationToken) =>
        Post<Nothing>(WorkerRoutes.KeptSpecs, request, CallBound, cancellationToken);

    public Task<PanelAnswer<TrafficResponse>> Traffic(TrafficRequest request, CancellationToken cancellationToken) =>
        Post<TrafficResponse>(WorkerRoutes.Traffic, request, CallBound, cancellationToken);

    /// <summary>Status 204 when there was nothing to do.</summary>
    public Task<PanelAnswer<TaskLease>> Claim(string[] types, int wait, CancellationToken cancellationToken) =>
        Post<TaskLease>(WorkerRoutes.Claim, new ClaimRequest(types, wait), CallBound + TimeSpan.FromSeconds(wait), cancellationToken);

    /// <param name="correlationId">The lease's, here and below: the panel's log lines about the call carry it.</param>
    public Task<PanelAnswer<RenewResponse>> Renew(
        long taskId,
        Guid leaseToken,
        string correlationId,
        CancellationToken cancellationToken
    ) => Post<RenewResponse>(WorkerRoutes.Renew(taskId), new RenewRequest(leaseToken), CallBound, cancellationToken, correlationId);

    public Task<PanelAnswer<Nothing>> Log(long taskId, LogRequest request, string correlationId, CancellationToken cancellationToken) =>
        Post<Nothing>(WorkerRoutes.Log(taskId), request, CallBound, cancellationToken, correlationId);

    public Task<PanelAnswer<Nothing>> Complete(
        long taskId,
        CompleteRequest request,
        string correlationId,
        CancellationToken cancellationToken
    ) => Post<Nothing>(WorkerRoutes.Complete(taskId), request, CallBound, cancellationToken, correlationId);

    public Task<PanelAnswer<Nothing>> Release(long taskId, Guid leaseToken, string correlationId, CancellationToken cancellationToken) =>
        Post<Nothing>(WorkerRoutes.Release(taskId), new ReleaseRequest(leaseToken), CallBound, cancellationToken, correlationId);

    /// <summary>Waits before the next call.</summary>
    /// <param name="unanswered">
    /// The last one got no answer: then the pause is over as soon as the panel accepts any call. A panel that asked for the pause gets it whole.
    /// </param>
    public async Task Pause(TimeSpan pause, bool unanswered, CancellationToken stopping)
    {
        if (unanswered)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(NextAccepted, Task.Delay(pause, time, over.Token));
            await over.CancelAsync();
            stopping.ThrowIfCancellationRequested();
        }
        else
        {
            await Task.Delay(pause, time, stopping);
        }
    }

    private async Task<PanelAnswer<T>> Post<T>(
        string path,
        object body,
        TimeSpan bound,
        CancellationToken cancellationToken,
        string? correlationId = null
    )
        where T : class
    {
        using var limit = new CancellationTokenSource(bound, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Content = JsonContent.Create(body, body.GetType(), options: AgentJson.Options);
            if (token.Current is { } enrolled)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", enrolled.Token);
            // A character that no header may have would keep the call from ever being made.
            if (correlationId is not null && correlationId.All(c => c is > ' ' and <= '~'))
                request.Headers.TryAddWithoutValidation("X-Correlation-Id", correlationId);
            using var response = await http.SendAsync(request, both.Token);
            var answer = await Understand<T>(response, both.Token);
            if (answer.Accepted)
                Interlocked
                    .Exchange(ref _accepted, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                    .SetResult();
            return answer;
        }
        // A connection that is reset the moment it stands comes out of HttpClient as the socket's own exception.
        catch (Exception e)
            when (e is HttpRequestException or JsonException or IOException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new PanelAnswer<T>(
                0,
                null,
                null,
                e is OperationCanceledException ? $"no answer within {bound.TotalSeconds:0} s" : e.Message,
                null
            );
        }
    }

    private async Task<PanelAnswer<T>> Understand<T>(HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        var status = (int)response.StatusCode;
        if (status == 204 || (response.IsSuccessStatusCode && typeof(T) == typeof(Nothing)))
            return new PanelAnswer<T>(status, null, null, null, null);
        if (response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadFromJsonAsync<T>(AgentJson.Options, cancellationToken);
            return new PanelAnswer<T>(status, body ?? throw new JsonException("The panel answered null."), null, null, null);
        }
        var problem = await ReadProblem(response, cancellationToken);
        return new PanelAnswer<T>(status, null, problem?.Code, problem?.Detail ?? problem?.Title, RetryAfter(response));
    }

    // Only the panel itself answers with a problem that has a code; a proxy's error page says nothing about our tasks.
    private static async Task<Problem?> ReadProblem(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date is { } date ? date - time.GetUtcNow() : null);

    private sealed record Problem(string? Code, string? Title, string? Detail);
}
