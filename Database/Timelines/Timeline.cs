namespace MPanel.Database.Timelines;

/// <summary>
/// What happened to a subject, line by line; a line is never changed. Everybody appends through the parts here, which go into the
/// statement that does what the line says.
/// </summary>
internal static class Timeline
{
    /// <summary>An order, from the moment its intake is received.</summary>
    public const string Intake = "intake";

    /// <summary>
    /// Appends lines: <c>select</c> these columns, in the order of the lines.
    /// </summary>
    public const string Append = """
        insert into timeline
            (subject_kind, subject_id, at, step, attempt, duration_ms, outcome, code, message, task_id, actor, correlation_id)
        """;

    /// <summary>
    /// Appends a line for each task: to its order's timeline, or to its own subject's where it has no order. What is given is SQL over the
    /// task t.
    /// </summary>
    /// <param name="tasks">A query's name: rows with all columns of provisioning_tasks.</param>
    /// <param name="outcome">One of the table's outcomes.</param>
    /// <param name="joins">Further tables that the other parts name.</param>
    public static string OfTasks(
        string tasks,
        string outcome,
        string message,
        string actor,
        string attempt = "null",
        string duration = "null",
        string code = "null",
        string correlation = "t.correlation_id",
        string joins = ""
    ) =>
        $"""
            {Append}
            select case when o.id is null then t.subject_kind else '{Intake}' end, coalesce(o.intake_id, t.subject_id), now(),
                   'task.' || t.type, {attempt}, {duration}, {outcome}, {code}, {message}, t.id, {actor}, {correlation}
            from {tasks} t left join orders o on o.id = t.order_id {joins}
            """;

    /// <summary>SQL: milliseconds since a time.</summary>
    public static string Since(string time) => $"least(extract(epoch from now() - {time}) * 1000, 2147483647)::integer";
}
