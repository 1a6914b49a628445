using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MPanel.Database.Access;

/// <param name="Stored">The row's part.</param>
/// <param name="Text">To be shown once: 256 random bits behind the prefix.</param>
public sealed record NewSecret(BearerSecret Stored, string Text);

/// <summary>A secret that is shown once: <c>kind_prefix_secret</c>. The prefix is public and finds the row; of the secret only the SHA-256 is stored.</summary>
/// <param name="Prefix">12 hexadecimal digits.</param>
/// <param name="Hash">SHA-256 of the secret part, 32 bytes.</param>
public sealed record BearerSecret(string Prefix, byte[] Hash)
{
    /// <summary>What an unknown prefix is compared with, so that it takes as long as a known one.</summary>
    private static readonly byte[] Nobody = RandomNumberGenerator.GetBytes(32);

    /// <param name="kind"><c>mpk</c> for API keys, <c>mps</c> for server tokens.</param>
    public static NewSecret Create(string kind)
    {
        var prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new NewSecret(new BearerSecret(prefix, HashOf(secret)), $"{kind}_{prefix}_{secret}");
    }

    /// <summary>Takes a presented text apart, or returns null when it is not of this kind.</summary>
    public static BearerSecret? Parse(string kind, string text)
    {
        if (text.Length > 200)
            return null;
        var parts = text.Split('_', 3);
        return parts.Length == 3 && parts[0] == kind && parts[1].Length == 12 && parts[2].Length > 0
            ? new BearerSecret(parts[1], HashOf(parts[2]))
            : null;
    }

    /// <summary>Compares in constant time, whether there is a row or not.</summary>
    public bool Matches(byte[]? storedHash) => CryptographicOperations.FixedTimeEquals(Hash, storedHash ?? Nobody);

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
