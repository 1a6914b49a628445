using System.Globalization;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>Provisioning tasks by server, and those that wait: Hangfire itself has no list for a state it doesn't know.</summary>
internal sealed class WaitingTasksPage : RazorPage
{
    public const string Route = "/tasks";
    private const int Shown = 200;

    public override void Execute()
    {
        Layout = new LayoutPage("Tasks by server");
        using var db = Context.GetHttpContext().RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnection();
        var queues = TasksPerServer.Run(db).GetAwaiter().GetResult().ToList();
        WriteLiteral("""<div class="row"><div class="col-md-12"><h1 id="page-title" class="page-header">Tasks by server</h1>""");
        if (queues.Count == 0)
            WriteLiteral("""<div class="alert alert-info">No task is waiting, running or failed.</div>""");
        else
            Table(queues, "Server", "Waiting", "Processing", "Failed", "Longest waiting");
        foreach (var queue in queues.Where(q => q.Waiting > 0))
            Waiting(queue, TasksPerServer.Of(db, queue.Server, Shown).GetAwaiter().GetResult());
        WriteLiteral("</div></div>");
    }

    private void Table(IEnumerable<ServerQueue> queues, params string[] heads)
    {
        Head(heads);
        foreach (var queue in queues)
        {
            WriteLiteral("<tr>");
            Cell(queue.Server ?? "No server yet");
            Cell(queue.Waiting.ToString("N0", CultureInfo.InvariantCulture));
            Cell(queue.InProgress.ToString("N0", CultureInfo.InvariantCulture));
            Cell(queue.Failed.ToString("N0", CultureInfo.InvariantCulture));
            Cell(queue.OldestSince is { } since ? Html.RelativeTime(since.UtcDateTime) : "");
            WriteLiteral("</tr>");
        }
        WriteLiteral("</tbody></table></div>");
    }

    private void Waiting(ServerQueue queue, IEnumerable<QueuedTask> tasks)
    {
        WriteLiteral("<h3>Waiting for ");
        Write(queue.Server ?? "a server");
        WriteLiteral("</h3>");
        if (queue.Waiting > Shown)
            WriteLiteral($"<p>The {Shown} that wait longest.</p>");
        Head("Job", "Task", "Order", "Since");
        foreach (var task in tasks)
        {
            WriteLiteral("<tr>");
            Cell(task.Job is { } twin ? Html.JobIdLink(twin.ToString(CultureInfo.InvariantCulture)) : "");
            Cell(new NonEscapedString(PanelLinks.Task(this, task.Id, $"{task.Action} {task.Type} of {task.Domain}")));
            Cell(new NonEscapedString(task.OrderReference is { } order ? PanelLinks.Order(this, order) : ""));
            Cell(Html.RelativeTime(task.AvailableAt.UtcDateTime));
            WriteLiteral("</tr>");
        }
        WriteLiteral("</tbody></table></div>");
    }

    private void Head(params string[] heads)
    {
        WriteLiteral("""<div class="table-responsive"><table class="table"><thead><tr>""");
        foreach (var head in heads)
        {
            WriteLiteral("<th>");
            Write(head);
            WriteLiteral("</th>");
        }
        WriteLiteral("</tr></thead><tbody>");
    }

    private void Cell(object content)
    {
        WriteLiteral("<td>");
        Write(content);
        WriteLiteral("</td>");
    }
}
