namespace MPanel.Jobs.Engine;

/// <summary>How an attempt at a step ended, or what a person did to it.</summary>
public static class StepOutcome
{
    public const string Done = "done";

    /// <summary>It will be tried again.</summary>
    public const string Retry = "retry";

    /// <summary>A person must decide.</summary>
    public const string Review = "review";

    /// <summary>Its attempts are spent.</summary>
    public const string GivenUp = "given_up";

    /// <summary>It ended the work.</summary>
    public const string Closed = "closed";

    /// <summary>By a person.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>By a person.</summary>
    public const string Resumed = "resumed";
}
