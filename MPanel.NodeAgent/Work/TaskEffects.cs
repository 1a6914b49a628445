namespace MPanel.NodeAgent.Work;

/// <summary>The one way by which a task touches the world: fenced, logged, and killable right after.</summary>
internal sealed class TaskEffects(Fence fence, TaskLog log, FaultSwitch faults)
{
    /// <summary>Whether the next effect may happen, as <c>Do</c> would find it.</summary>
    public bool MayGoOn => fence.IsOpen;

    /// <exception cref="FencedException">The task may not go on; nothing was done.</exception>
    public async Task<T> Do<T>(Effect effect, string line, Func<Task<T>> act)
    {
        fence.Pass(effect);
        return await Act(effect, line, act);
    }

    public Task Do(Effect effect, string line, Action act) => Do(effect, line, Later(act));

    private async Task<T> Act<T>(Effect effect, string line, Func<Task<T>> act)
    {
        log.Info($"{effect.Name}: {line}");
        var result = await act();
        faults.After(effect);
        return result;
    }

    private static Func<Task<bool>> Later(Action act) =>
        () =>
        {
            act();
            return Task.FromResult(true);
        };
}
