using OtpNet;

namespace MPanel.Web.Platform.Security.TwoFactor;

/// <summary>Time-based one-time codes as every authenticator app makes them: RFC 6238, SHA-1, 30 seconds, six digits.</summary>
public static class Totp
{
    private const int Digits = 6;

    /// <summary>A phone's clock may be half a minute off: the codes beside the present one are taken as well.</summary>
    private static readonly VerificationWindow Drift = VerificationWindow.RfcSpecifiedNetworkDelay;

    /// <returns>The step whose code this is, or null when it is none of the present ones.</returns>
    public static long? Match(byte[] secret, string code, DateTimeOffset now) =>
        code.Length == Digits && new OtpNet.Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, Drift) ? step : null;

    public static string CodeAt(byte[] secret, DateTimeOffset time) => new OtpNet.Totp(secret).ComputeTotp(time.UtcDateTime);
}
