using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>How passwords are hashed: PBKDF2 with HMAC-SHA-512. A hash of fewer rounds is renewed at its owner's next login.</summary>
public static class PasswordHashes
{
    /// <summary>What OWASP asks of this function today.</summary>
    public const int Rounds = 210_000;

    public static PasswordHasher<T> Hasher<T>()
        where T : class => new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
}
