using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Provisioning;

public sealed class TasksModel(ListDatabase database, IOptions<ProvisioningOptions> options)
    : ListPage<TaskFacts, TaskFilter>(TaskRoutes.List, database)
{
    public string? WaitsFor(TaskFacts task) => WaitingFor.Of(task, options.Value.OfflineAfter);
}
