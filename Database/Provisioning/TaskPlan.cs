namespace MPanel.Database.Provisioning;

internal static class TaskPlan
{
    /// <summary>SQL: the product code that a task is about, for log lines; null where there is none.</summary>
    public static string Of(string task) =>
        $"coalesce({task}.payload ->> 'plan', (select site.plan from websites site where site.id = {task}.website_id))";
}
