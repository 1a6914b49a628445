using System.Text;

namespace MPanel.Jobs.Access;

/// <summary>What may be entered about keys, on pages, in the API and on the command line alike. Each answers what is wrong as a sentence, or null.</summary>
public static class KeyRules
{
    public const int LongestLife = 3650;

    /// <summary>Days that a personal key lives unless something else is chosen.</summary>
    public const int PersonalLife = 90;

    public const int LongestPersonalLife = 365;

    /// <summary>In the audit log a key must not pass for a person: no form of @ in it.</summary>
    public static string? CheckName(string? name) =>
        UserRules.CheckName(name)
        ?? (
            name!.Normalize(NormalizationForm.FormKC).Contains('@', StringComparison.Ordinal)
                ? "Use a name that is no e-mail address."
                : null
        );

    /// <param name="days">Null for a key that does not expire.</param>
    public static string? CheckDays(int? days) => days is null or (>= 1 and <= LongestLife) ? null : $"Must be 1 to {LongestLife}.";

    /// <summary>Personal keys always expire.</summary>
    public static string? CheckPersonalDays(int? days) =>
        days is >= 1 and <= LongestPersonalLife ? null : $"Choose 1 to {LongestPersonalLife} days.";
}
