using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MPanel.Database.Access;

/// <summary>A random text that one person holds, in a cookie or a link; the database keeps its SHA-256 only.</summary>
public static class SessionToken
{
    /// <returns>256 random bits, safe in cookies and addresses, and their hash.</returns>
    public static (string Text, byte[] Hash) Create()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (text, HashOf(text));
    }

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
