using Microsoft.AspNetCore.Identity;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>Long and not guessable; which characters it is made of is nobody's business.</summary>
public sealed class PasswordRules : IPasswordValidator<PanelUser>
{
    public const int Shortest = 12;
    public const int Longest = 256;

    private const int FewestKinds = 5;
    private const string Advice = "A few words that don't belong together are easy to remember.";

    public Task<IdentityResult> ValidateAsync(UserManager<PanelUser> manager, PanelUser user, string? password) =>
        Task.FromResult(
            Refuse(password ?? "", user.Email) is { } reason
                ? IdentityResult.Failed(new IdentityError { Code = "password", Description = reason })
                : IdentityResult.Success
        );

    /// <returns>Why it is refused, as a sentence for the person who chose it; null when it is good.</returns>
    public static string? Refuse(string password, string email)
    {
        if (password.Length < Shortest)
            return $"Use at least {Shortest} characters. {Advice}";
        if (password.Length > Longest)
            return $"Use at most {Longest} characters.";
        if (password.ToLowerInvariant().Distinct().Count() < FewestKinds)
            return $"This repeats a few characters. Use at least {FewestKinds} different ones.";
        if (KeyboardRows.Contain(password))
            return $"This is a row of the keyboard or the alphabet, which is tried first. {Advice}";
        if (ResemblesAddress(password, email))
            return "This is too much like your e-mail address. Choose another.";
        return GuessableWords.In(password, [email, .. email.Split('@', '.', '-', '_', '+')]) switch
        {
            (false, _) => null,
            (true, 0) => $"Digits and signs alone are soon guessed. {Advice}",
            (true, 1) => $"This is one word that is tried first, and repeating or decorating it does not help. {Advice}",
            (true, _) =>
                "These words are among the first that are tried, and digits around them do not help. Use more of them, or rarer ones.",
        };
    }

    private static bool ResemblesAddress(string password, string email)
    {
        var name = email.Split('@')[0];
        var rest = password.Replace(email, "", StringComparison.OrdinalIgnoreCase);
        if (name.Length >= 3)
            rest = rest.Replace(name, "", StringComparison.OrdinalIgnoreCase);
        // What is left beside the address must be a password worth something by itself.
        return rest.Length < password.Length && rest.Length < Shortest / 2;
    }
}
