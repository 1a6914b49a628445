using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace MPanel.Web.Security.TwoFactor;

/// <summary>Time-based one-time codes as every authenticator app makes them: RFC 6238, SHA-1, 30 seconds, six digits.</summary>
public static class Totp
{
    private const int StepSeconds = 30;

    /// <summary>Steps before and after the present one that are taken: a phone's clock may be half a minute off.</summary>
    private const int Drift = 1;

    /// <returns>The step whose code this is, or null when it is none of the present ones.</returns>
    public static long? Match(byte[] secret, string code, DateTimeOffset now)
    {
        var present = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        // All of them, whichever matches: the time it takes says nothing.
        for (var step = present - Drift; step <= present + Drift; step++)
            if (
                CryptographicOperations.FixedTimeEquals(
                    System.Text.Encoding.UTF8.GetBytes(Code(secret, step)),
                    System.Text.Encoding.UTF8.GetBytes(code)
                )
            )
                found = step;
        return found;
    }

    public static string CodeAt(byte[] secret, DateTimeOffset time) => Code(secret, time.ToUnixTimeSeconds() / StepSeconds);

    [SuppressMessage(
        "Security",
        "CA5350",
        Justification = "The algorithm that authenticator apps have; HMAC does not need collision resistance."
    )]
    private static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        var hash = HMACSHA1.HashData(secret, counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0x0F)) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
