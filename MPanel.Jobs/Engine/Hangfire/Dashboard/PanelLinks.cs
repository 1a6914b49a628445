using System.Globalization;
using System.Net;
using Hangfire.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Jobs;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Twins;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>From a job to what it is about in the panel: an order, or a task and its order.</summary>
internal static class PanelLinks
{
    /// <summary>A row of links for a job's own page; empty for a job of something else.</summary>
    public static NonEscapedString Of(JobDetailsRendererDto job)
    {
        var links = new List<string>();
        using var db = job.Page.Context.GetHttpContext().RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnection();
        var row = OutboxJob.RowOf(job.JobDetails.Job) is { } id ? JobList.One(db, id).GetAwaiter().GetResult() : null;
        if ((TaskTwin.TaskOf(job.JobDetails.Job) ?? (row is { SubjectKind: "task" } ? row.SubjectId : null)) is { } task)
        {
            links.Add(Task(job.Page, task, $"Task {task.ToString(CultureInfo.InvariantCulture)}"));
            if (OrderOfTask.Run(db, task).GetAwaiter().GetResult() is { } order)
                links.Add(Order(job.Page, order));
        }
        if (row is { SubjectKind: "intake" })
            links.Add(Order(job.Page, row.Title));
        return new NonEscapedString(
            links.Count == 0 ? "" : $"""<p class="panel-links"><strong>In the panel:</strong> {string.Join(" · ", links)}</p>"""
        );
    }

    /// <summary>HTML: a link for who may see orders, and plain text for others.</summary>
    public static string Order(RazorPage page, string reference) =>
        Link(page, Permissions.OrdersView, $"/orders/{Uri.EscapeDataString(reference)}", reference);

    /// <summary>HTML: a link for who may see provisioning tasks, and plain text for others.</summary>
    public static string Task(RazorPage page, long id, string text) =>
        Link(page, Permissions.ProvisioningView, $"/provisioning/tasks/{id.ToString(CultureInfo.InvariantCulture)}", text);

    private static string Link(RazorPage page, string permission, string path, string text)
    {
        var context = page.Context.GetHttpContext();
        return context.RequestServices.GetRequiredService<DashboardVisitors>().May(context, permission)
            ? $"""<a href="{WebUtility.HtmlEncode(path)}">{WebUtility.HtmlEncode(text)}</a>"""
            : WebUtility.HtmlEncode(text);
    }
}
