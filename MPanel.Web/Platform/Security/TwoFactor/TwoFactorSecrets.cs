using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace MPanel.Web.Platform.Security.TwoFactor;

/// <summary>Two-factor secrets as the database keeps them: encrypted with the keys of DataProtection:Directory.</summary>
public sealed class TwoFactorSecrets(IDataProtectionProvider protection)
{
    private const int Bytes = 20;

    private readonly IDataProtector _protector = protection.CreateProtector("MPanel.TwoFactor");

    public string Create() => Convert.ToBase64String(_protector.Protect(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>The secret's bytes, or null when the keys it was encrypted with are lost.</summary>
    public byte[]? Open(string stored)
    {
        try
        {
            return _protector.Unprotect(Convert.FromBase64String(stored));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
