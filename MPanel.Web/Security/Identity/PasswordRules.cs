using Microsoft.AspNetCore.Identity;

namespace MPanel.Web.Security.Identity;

/// <summary>Long and not guessable; which characters it is made of is nobody's business.</summary>
public sealed class PasswordRules : IPasswordValidator<PanelUser>
{
    public const int Shortest = 12;
    public const int Longest = 256;

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
            return $"Use at least {Shortest} characters. A few words that don't belong together are easy to remember.";
        if (password.Length > Longest)
            return $"Use at most {Longest} characters.";
        if (CommonPasswords.Contains(password))
            return "This password is among the first that are tried. Choose another.";
        if (ResemblesAddress(password, email))
            return "This is too much like your e-mail address. Choose another.";
        return null;
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
