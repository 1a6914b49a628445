using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class CountSteps
{
    /// <summary>How many steps <see cref="ListSteps"/> has on all its pages: the filter's paging doesn't matter.</summary>
    public static Task<long> Run(NpgsqlConnection db, StepFilter filter) =>
        db.ExecuteScalarAsync<long>(
            """
            select count(*)
            from job_steps s
            where (@State::text is null or s.state = @State)
              and (@Search::text is null or exists (
                   select 1 from job_chains c
                   where c.id = s.chain_id
                     and (position(lower(@Search) in lower(c.subject)) > 0
                          or s.kind = @Search or c.kind = @Search or c.correlation_id = @Search)))
            """,
            filter
        );
}
