namespace MPanel.Jobs.Outcomes;

public enum RefusalKind
{
    /// <summary>Fields are wrong or missing.</summary>
    Invalid,

    /// <summary>The state of something does not allow it, now.</summary>
    State,

    /// <summary>What is asked for can't be had, in whatever state.</summary>
    Unfit,

    /// <summary>It takes more than the actor may do.</summary>
    Authority,
}

/// <summary>Why nothing was changed.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Text">One sentence or two, for people.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Text)
{
    /// <summary>Every wrong field at once; empty unless fields are wrong.</summary>
    public IReadOnlyList<FieldError> Faults { get; private init; } = [];

    public static readonly Refusal Beyond = new(
        RefusalKind.Authority,
        "beyond_your_permissions",
        "That takes permissions that you don't have yourself, so somebody who has them must do it."
    );

    public static Refusal Invalid(IReadOnlyList<FieldError> faults) =>
        new(RefusalKind.Invalid, "validation_failed", string.Join(" ", faults.Select(f => f.Message))) { Faults = faults };

    public static Refusal Invalid(string path, string code, string message) => Invalid([new FieldError(path, code, message)]);

    public static Refusal State(string code, string text) => new(RefusalKind.State, code, text);

    public static Refusal Unfit(string code, string text) => new(RefusalKind.Unfit, code, text);
}
