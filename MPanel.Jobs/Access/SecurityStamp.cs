using System.Security.Cryptography;

namespace MPanel.Jobs.Access;

public static class SecurityStamp
{
    /// <summary>A new one: sessions of the old one end.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
