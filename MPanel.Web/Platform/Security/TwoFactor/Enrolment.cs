using System.Globalization;
using System.Text;
using OtpNet;
using QRCoder;

namespace MPanel.Web.Platform.Security.TwoFactor;

/// <summary>What an authenticator app needs: the secret to type, and the same as a QR code.</summary>
/// <param name="Secret">Base32, in groups of four.</param>
/// <param name="Link">An <c>otpauth</c> address.</param>
public sealed record Enrolment(string Secret, string Link)
{
    public static Enrolment Of(byte[] secret, string email)
    {
        var text = Base32Encoding.ToString(secret).TrimEnd('=');
        var account = Uri.EscapeDataString($"MPanel:{email}");
        return new Enrolment(
            string.Join(' ', text.Chunk(4).Select(part => new string(part))),
            $"otpauth://totp/{account}?secret={text}&issuer=MPanel&algorithm=SHA1&digits=6&period=30"
        );
    }

    /// <summary>The path of an SVG: one square of side 1 for each dark module.</summary>
    /// <param name="side">How many modules wide it is, its quiet zone included.</param>
    public string Path(out int side)
    {
        using var code = QRCodeGenerator.GenerateQrCode(Link, QRCodeGenerator.ECCLevel.M);
        var modules = code.ModuleMatrix;
        side = modules.Count;
        var path = new StringBuilder();
        for (var y = 0; y < side; y++)
        for (var x = 0; x < side; x++)
            if (modules[y][x])
                path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
        return path.ToString();
    }
}
