using Microsoft.AspNetCore.Identity;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>A password that somebody chose: checked by Identity's validators, hashed by its hasher.</summary>
public sealed class NewPassword(UserManager<PanelUser> users, IPasswordHasher<PanelUser> hasher, HashingTurns turns)
{
    public const string Busy = "Too much is asked of the panel at once. Try again in a few seconds.";

    /// <returns>Why it is refused, as a sentence for the person; null when it is good.</returns>
    public async Task<string?> Refuse(string password, string email)
    {
        var user = new PanelUser { Id = 0, Email = email };
        foreach (var rule in users.PasswordValidators)
            if (await rule.ValidateAsync(users, user, password) is { Succeeded: false } refused)
                return refused.Errors.First().Description;
        return null;
    }

    /// <returns>Null where too many passwords are hashed already.</returns>
    public async Task<string?> Hash(HttpContext context, string password)
    {
        using var turn = await turns.Take(context);
        return turn.IsAcquired ? hasher.HashPassword(new PanelUser { Id = 0, Email = "" }, password) : null;
    }
}
