using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class CountSteps
{
    /// <param name="state">Null for all.</param>
    public static Task<long> Run(NpgsqlConnection db, string? state) =>
        db.ExecuteScalarAsync<long>("select count(*) from job_steps where @state::text is null or state = @state", new { state });
}
