using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Provisioning;

public sealed class TaskModel(ListDatabase database, TaskActions tasks, IOptions<ProvisioningOptions> options) : PanelPage
{
    /// <summary>What the page shows of a long log; all of it is a file away.</summary>
    private const int LinesShown = 1000;

    public TaskFacts Item { get; private set; } = null!;
    public TaskPayload Extra { get; private set; } = null!;
    public IReadOnlyList<TaskAttempt> Attempts { get; private set; } = [];
    public TaskLogPart Log { get; private set; } = null!;
    public IReadOnlyList<MoveTarget> Targets { get; private set; } = [];

    public string? WaitsFor => WaitingFor.Of(Item, options.Value.OfflineAfter);
    public string PayloadText => PrettyJson.Of(Extra.Payload);
    public bool CanRetry =>
        Item.Status is TaskState.Failed or TaskState.Cancelled || (Item.Status == TaskState.Pending && Item.AvailableAt > Item.ReadAt);
    public bool CanCancel => Item.Status is TaskState.Pending or TaskState.InProgress or TaskState.Failed;

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await TaskList.One(db, id) is not { } task || await TaskPayload.Of(db, id) is not { } extra)
            return NotFound();
        (Item, Extra) = (task, extra);
        Attempts = [.. await TaskAttempts.Of(db, id)];
        Targets = May(Permissions.ProvisioningRetry) ? [.. await MoveTarget.Of(db, id)] : [];
        List<TaskLogLine> lines = HttpContext.WantsLivePart() ? [] : [.. await TaskAttempts.Log(db, id, LinesShown)];
        Log = new TaskLogPart(id, lines, 0, 0, lines.Count == LinesShown);
        return Page();
    }

    /// <summary>The lines behind the last one seen, and who asks for those behind them; 204 while there are none.</summary>
    public async Task<IActionResult> OnGetLogAsync(long id, int attempt, int seq)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        List<TaskLogLine> lines = [.. await TaskAttempts.LogAfter(db, id, attempt, seq, LinesShown)];
        return lines.Count == 0
            ? StatusCode(StatusCodes.Status204NoContent)
            : Partial("_TaskLog", new TaskLogPart(id, lines, attempt, seq, false));
    }

    public async Task<IActionResult> OnGetLogFileAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await TaskList.One(db, id) is null)
            return NotFound();
        var text = new StringBuilder();
        foreach (var line in await TaskAttempts.LogAfter(db, id, 0, 0, int.MaxValue))
            text.Append($"{line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line.Attempt} {line.Level} {line.Message}\n");
        return File(Encoding.UTF8.GetBytes(text.ToString()), "text/plain; charset=utf-8", $"task-{id}.log");
    }

    [Permission(Permissions.ProvisioningRetry)]
    public async Task<IActionResult> OnPostRetryAsync(long id) => await Answer(await tasks.Retry(Actor, id), done => done.Text);

    [Permission(Permissions.ProvisioningRetry)]
    public async Task<IActionResult> OnPostCancelAsync(long id) => await Answer(await tasks.Cancel(Actor, id), done => done.Text);

    [Permission(Permissions.ProvisioningRetry)]
    public async Task<IActionResult> OnPostMoveAsync(long id, string? server) =>
        string.IsNullOrWhiteSpace(server)
            ? Refused("Choose the server to move to.")
            : await Answer(await tasks.Move(Actor, id, server), moved => moved.Text);
}
