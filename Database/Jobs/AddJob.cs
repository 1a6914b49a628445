using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <param name="Key">Adding a key that is there finds the first and adds nothing.</param>
/// <param name="Kind">Which chain of steps it runs through.</param>
/// <param name="SubjectKind">What it is about, such as <c>intake</c>.</param>
/// <param name="Title">For people on the dashboard: a reference, no personal data.</param>
/// <param name="Payload">JSON, handed to every step.</param>
public sealed record NewJob(
    string Key,
    string Kind,
    string SubjectKind,
    long SubjectId,
    string Title,
    string CorrelationId,
    string Payload = "{}"
);

/// <param name="Created">False when the key existed.</param>
public sealed record AddedJob(long Id, bool Created);

public static class AddJob
{
    /// <summary>Adds work in the caller's transaction: committed with the business rows, or neither.</summary>
    public static async Task<AddedJob> Run(NpgsqlTransaction transaction, NewJob job)
    {
        var db = transaction.Connection!;
        var created = await db.QuerySingleOrDefaultAsync<AddedJob>(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
            values (@Key, @Kind, @SubjectKind, @SubjectId, @Title, @CorrelationId, @Payload::jsonb)
            on conflict (key) do nothing
            returning id, true as created
            """,
            job,
            transaction
        );
        return created
            ?? await db.QuerySingleAsync<AddedJob>(
                "select id, false as created from outbox where key = @Key",
                new { job.Key },
                transaction
            );
    }
}
