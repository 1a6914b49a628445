using MPanel.Jobs.Text;

namespace MPanel.Jobs.Access;

/// <summary>What may be entered about people and roles, on pages and in the API alike. Each answers what is wrong as a sentence, or null.</summary>
public static class UserRules
{
    public static string? CheckName(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "Enter a name."
        : name.Length > 100 ? "Use at most 100 characters."
        : PlainText.HasInvisible(name) ? "Use visible characters only."
        : null;

    public static string? CheckEmail(string? email) => EmailAddress.Normalize(email) is null ? "Enter an e-mail address." : null;

    public static string? CheckDescription(string? text) =>
        text is { Length: > 300 } ? "Use at most 300 characters."
        : text is not null && PlainText.HasInvisible(text) ? "Use visible characters only."
        : null;

    /// <summary>What a role of this name is called in code: <c>Night shift</c> is <c>night_shift</c>. Null where nothing is left.</summary>
    public static string? RoleCode(string name)
    {
        var words = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]);
        var code = string.Join('_', words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return code.Length == 0 ? null
            : code.Length > 60 ? code[..60]
            : code;
    }
}
