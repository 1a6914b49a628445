namespace MPanel.Jobs.Outcomes;

/// <summary>How an action ended. Pages and API ask for the same action, and each says it in its own way.</summary>
/// <typeparam name="T">What the action is about, as it is read; <see cref="Unit"/> where there is nothing to give back.</typeparam>
public abstract record Outcome<T>
{
    // Closed: these four are all there are.
    private Outcome() { }

    /// <param name="Value">As it is now.</param>
    public sealed record Done(T Value) : Outcome<T>;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(Refusal Why) : Outcome<T>;

    /// <summary>Somebody saved another version meanwhile; nothing was changed.</summary>
    /// <param name="Current">As it is now.</param>
    public sealed record Conflict(T Current) : Outcome<T>;

    /// <summary>What the action was asked of does not exist.</summary>
    public sealed record Missing : Outcome<T>;

    public static implicit operator Outcome<T>(Refusal why) => new Refused(why);
}

/// <summary>Nothing: the value of an action that gives none.</summary>
public readonly record struct Unit;
