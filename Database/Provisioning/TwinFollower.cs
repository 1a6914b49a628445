using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class TwinFollower
{
    // Several processes could follow at once without harm, but each would do the work of all.
    private const long LockKey = 0x4D50_5477_696E;

    /// <summary>Runs the work unless another process is at it; returns whether it ran.</summary>
    public static async Task<bool> Alone(NpgsqlConnection db, Func<Task> work)
    {
        if (!await db.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@LockKey)", new { LockKey }))
            return false;
        try
        {
            await work();
        }
        finally
        {
            await db.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
        return true;
    }
}
