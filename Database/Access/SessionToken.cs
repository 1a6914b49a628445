using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MPanel.Database.Access;

/// <param name="Text">256 random bits, safe in cookies and addresses; it can't be had again.</param>
/// <param name="Hash">What the database keeps.</param>
public sealed record NewToken(string Text, byte[] Hash);

/// <summary>A random text that one person holds, in a cookie or a link; the database keeps its SHA-256 only.</summary>
public static class SessionToken
{
    public static NewToken Create()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new NewToken(text, HashOf(text));
    }

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
