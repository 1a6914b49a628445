using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>
/// A task whose placement was changed while it ran: another one waits by then, and says it all. So it is over when it fails or is given back,
/// and stays as history.
/// </summary>
internal static class TaskSuperseded
{
    /// <summary>SQL, of a task's row.</summary>
    public static string Of(string task) =>
        $"exists (select from provisioning_tasks later where later.placement_id = {task}.placement_id and later.status = 'pending' and later.id <> {task}.id)";

    /// <summary>Runs the statement, and once more where a later task appeared while it looked: the second look finds that.</summary>
    public static async Task<T> Run<T>(Func<Task<T>> statement)
    {
        try
        {
            return await statement();
        }
        catch (PostgresException e)
            when (e.SqlState == PostgresErrorCodes.UniqueViolation && e.ConstraintName == "provisioning_tasks_one_pending_of_placement")
        {
            return await statement();
        }
    }
}
