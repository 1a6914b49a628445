using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class StepExists
{
    public static Task<bool> Run(NpgsqlConnection db, long stepId) =>
        db.ExecuteScalarAsync<bool>("select exists (select 1 from job_steps where id = @stepId)", new { stepId });
}
