using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace MPanel.Jobs.Emails;

/// <summary>Links that let their reader in, as the database keeps them until they are sent: encrypted with the keys of DataProtection:Directory.</summary>
public sealed class MailSeal(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("MPanel.Emails");

    public string Close(string link) => _protector.Protect(link);

    /// <summary>Null when the keys that it was encrypted with are lost.</summary>
    public string? Open(string stored)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
