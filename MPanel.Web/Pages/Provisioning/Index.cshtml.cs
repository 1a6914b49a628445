using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Provisioning;

public sealed class IndexModel(ListDatabase database, IOptions<ProvisioningOptions> options) : PanelPage
{
    private const int RowsShown = 10;

    public IReadOnlyDictionary<string, OpenTasks> Open { get; private set; } = new Dictionary<string, OpenTasks>();
    public long Unplaced { get; private set; }
    public TaskThroughput LastDay { get; private set; } = new(0, 0, 0);
    public IReadOnlyList<HourOfTasks> Hours { get; private set; } = [];
    public IReadOnlyList<ServerTasks> Servers { get; private set; } = [];
    public IReadOnlyList<RunningTask> Running { get; private set; } = [];
    public IReadOnlyList<TaskFacts> Waiting { get; private set; } = [];
    public IReadOnlyList<FailureCause> Causes { get; private set; } = [];

    public bool Nothing => Open.Values.All(o => o.Count == 0) && LastDay.Done == 0 && LastDay.Failed == 0;

    public string? WaitsFor(TaskFacts task) => WaitingFor.Of(task, options.Value.OfflineAfter);

    public string ServerStatus(ServerTasks server) =>
        server.State != ServerState.Active ? server.State
        : server.SilentFor is not { } silent || silent >= options.Value.OfflineAfter ? "offline"
        : server.Problem is null ? "online"
        : "unwell";

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Open = (await OpenTasks.ByStatus(db)).ToDictionary(o => o.Status);
        Unplaced = (await UnplacedTasks.ByNeed(db)).Sum(u => u.Count);
        (LastDay, Hours) = await TaskOverview.LastDay(db);
        Servers = [.. await TaskOverview.ByServer(db)];
        Running = [.. await TaskOverview.Running(db, RowsShown)];
        Waiting = [.. await TaskList.OldestWaiting(db, RowsShown)];
        Causes = [.. await TaskOverview.Causes(db, RowsShown)];
    }

    /// <summary>What charts.js draws.</summary>
    public string Chart() =>
        JsonSerializer.Serialize(
            new
            {
                type = "bar",
                labels = Hours.Select(h => TimeZoneInfo.ConvertTime(h.Hour, User.TimeZone()).ToString("HH:mm")),
                series = new[]
                {
                    new
                    {
                        label = "Done",
                        values = Hours.Select(h => h.Done),
                        colour = "green",
                    },
                    new
                    {
                        label = "Failed",
                        values = Hours.Select(h => h.Failed),
                        colour = "red",
                    },
                },
            }
        );
}
