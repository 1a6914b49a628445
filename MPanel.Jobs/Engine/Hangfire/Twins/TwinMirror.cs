using Hangfire;
using Hangfire.States;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Twins;

/// <summary>Makes a twin show what its task is. May be done again at any time, and by several processes at once.</summary>
internal sealed class TwinMirror(JobStorage storage, IBackgroundJobClientV2 client, JobFilters filters, TimeProvider time)
{
    // A job that was made and not remembered, because the process died in between, has no state, is shown nowhere, and goes by itself.
    private static readonly TimeSpan Unremembered = TimeSpan.FromHours(1);

    public async Task Show(NpgsqlConnection db, TwinnedTask task)
    {
        var state = TwinStates.Of(task);
        if (task.EngineReference is not { } twin || !client.ChangeState(twin, state, null))
            await Begin(db, task, state);
        await TaskTwins.Shown(db, task);
    }

    private async Task Begin(NpgsqlConnection db, TwinnedTask task, IState state)
    {
        var job = TaskTwin.JobOf(task);
        var now = time.GetUtcNow().UtcDateTime;
        using var connection = storage.GetConnection();
        var made = connection.CreateExpiredJob(job, TaskTwin.ParametersOf(task), now, Unremembered);
        var twin = await TaskTwins.Remember(db, task.Id, made, instead: task.EngineReference);
        if (twin != made)
        {
            client.ChangeState(twin, state, null);
            return;
        }
        // Hangfire's client changes states, but leaves the first one to whoever made the job.
        using var transaction = connection.CreateWriteTransaction();
        new StateMachine(filters).ApplyState(
            new ApplyStateContext(storage, connection, transaction, new BackgroundJob(made, job, now), state, oldStateName: null)
        );
        transaction.Commit();
    }
}
