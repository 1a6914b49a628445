using System.Security.Cryptography;
using System.Text;

namespace MPanel.Web.Platform.Security.TwoFactor;

/// <summary>Codes that stand in for a lost phone: each works once. 80 random bits, so that a plain hash protects them.</summary>
public static class RecoveryCode
{
    public const int Count = 10;

    private const int Length = 16;

    public static IReadOnlyList<string> CreateSet() =>
        [.. Enumerable.Range(0, Count).Select(_ => Show(RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", Length)))];

    /// <summary>Of the code as it was typed, whatever spaces and dashes are in it.</summary>
    public static byte[] HashOf(long userId, string code)
    {
        var bare = new string([.. code.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{userId}:{bare}"));
    }

    private static string Show(string bare) => string.Join('-', bare.Chunk(4).Select(part => new string(part)));
}
