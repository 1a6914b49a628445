using System.Text;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Unit.NodeAgent.Contract;

public sealed class LogTextTests
{
    // Made at run time: nothing in the repository may look like a secret.
    private static readonly string Random = Guid.NewGuid().ToString("N");

    public static TheoryData<string, string> Secrets =>
        new()
        {
            { $"Authorization: Bearer {Random}", "Authorization: Bearer ***" },
            { $"authorization=Basic {Random}== sent", "authorization=Basic *** sent" },
            { $"curl -H \"Authorization: token {Random}\" x", "curl -H \"Authorization: token ***\" x" },
            { $"got bearer {Random}.", "got bearer ***" },
            { $"key sk_test_{Random} used", "key sk_test_*** used" },
            { $"key sk_live_{Random},next", "key sk_live_***,next" },
            { $"(rk_live_{Random})", "(rk_live_***)" },
            { $"rk_{Random}", "rk_***" },
            { $"whsec_{Random}+/= end", "whsec_*** end" },
            { $"pi_3Qabc_secret_{Random}", "pi_3Qabc_secret_***" },
            { $"mpa_{Random}", "mpa_***" },
            { $"mpk_1A{Random}.{Random} ok", "mpk_*** ok" },
            { $"mp_{Random}", "mp_***" },
            { $"password={Random}", "password=***" },
            { $"Password : {Random} x", "Password : *** x" },
            { $"passwd={Random}&a=1", "passwd=***&a=1" },
            { $"MYSQL_PWD={Random}", "MYSQL_PWD=***" },
            { $"client_secret={Random}", "client_secret=***" },
            { $"secret_key_base: {Random}", "secret_key_base: ***" },
            { $"?token={Random}&x=1", "?token=***&x=1" },
            { $"api_key={Random} api-key: {Random} apikey={Random}", "api_key=*** api-key: *** apikey=***" },
            { $"aws_access_key={Random}", "aws_access_key=***" },
            { $$"""{"password":"{{Random}}","user":"x"}""", """{"password":"***","user":"x"}""" },
            { $$"""{"token" : "a\"{{Random}}"}""", """{"token" : "***"}""" },
            { $$"""{\"password\":\"{{Random}}\"}""", """{\"password\":\"***\"}""" },
            { $"password='a b {Random}' done", "password='***' done" },
            { $"password=\"a b {Random}", "password=\"***" },
            { $"password=a,b;c{Random}", "password=***" },
            { $"'password' => '{Random}'", "'password' => '***'" },
            { $"mysql --password {Random} -u x", "mysql --password *** -u x" },
            { $"tool --api-key {Random}", "tool --api-key ***" },
            { $"https://user:{Random}@example.com/a", "https://***@example.com/a" },
            { $"postgres://u:p@{Random}@db/x", "postgres://***@db/x" },
            { $"https://{Random}@example.com", "https://***@example.com" },
            { $"eyJ{Random}.{Random}.{Random} x", "eyJ*** x" },
        };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Clean_OfASecret_MasksItAndNoMore(string text, string cleaned)
    {
        Assert.Equal(cleaned, LogText.Clean(text));
        Assert.DoesNotContain(Random, LogText.Clean(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("PRIVATE KEY")]
    [InlineData("ENCRYPTED PRIVATE KEY")]
    [InlineData("OPENSSH PRIVATE KEY")]
    [InlineData("PGP PRIVATE KEY BLOCK")]
    public void Clean_OfAPrivateKey_MasksAllOfIt(string kind)
    {
        var dashes = new string('-', 5);
        var key = $"a {dashes}BEGIN {kind}{dashes}\n{Random}\n{Random}\n{dashes}END {kind}{dashes} b";

        Assert.Equal("a [private-key] b", LogText.Clean(key));
        // Without its end, as when the output was cut there.
        Assert.Equal("a [private-key]", LogText.Clean(key[..(key.Length - 30)]));
    }

    [Theory]
    [InlineData("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)")]
    [InlineData("password authentication failed for user x")]
    [InlineData("plan basic was applied to https://example.com/a?b=c@d")]
    [InlineData("mp_task_retries were 3; mpanel_template exists")]
    [InlineData("task_test_one and risk_live_two")]
    [InlineData("secretary and tokens are words")]
    [InlineData("Übergröße, 日本語, 👍🏽")]
    public void Clean_OfPlainText_LeavesItAlone(string text) => Assert.Equal(text, LogText.Clean(text));

    [Theory]
    [InlineData("\x1b[31mred\x1b[0m", "red")]
    [InlineData("\x1b[38;5;196;1mred\x1b[K", "red")]
    [InlineData("\u009b31mred", "red")]
    [InlineData("\x1b]0;title\atext", "text")]
    [InlineData("\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\", "link")]
    [InlineData("\u001b(Btext\u001b=\u001b7", "text")]
    [InlineData("\x1bPq#0\x1b\\text", "text")]
    [InlineData("a\0b\ac\bd\x7f", "abcd")]
    [InlineData("tab\tbed", "tab bed")]
    [InlineData("one\r\ntwo\nthree\rfour\u2028five\u0085six", "one two three four five six")]
    [InlineData("a\u202eb\u2066c\u2069d\u200fe\u061cf", "abcdef")]
    [InlineData("z\u200bero\ufeff\u2060\u00adwidth", "zerowidth")]
    [InlineData("tag\U000e0041", "tag")]
    [InlineData("  spaces  ", "spaces")]
    [InlineData("", "")]
    public void Clean_OfControls_RemovesThem(string text, string cleaned) => Assert.Equal(cleaned, LogText.Clean(text));

    // Not as inline data: an attribute cannot hold half a character.
    [Fact]
    public void Clean_OfHalfACharacter_ReplacesIt() => Assert.Equal("half \ufffd character", LogText.Clean("half \ud83d character"));

    [Theory]
    [InlineData("sk_te\x1b[0mst_")]
    [InlineData("sk_\u200btest_")]
    [InlineData("s\0k_test_")]
    public void Clean_OfASecretHiddenByControls_MasksIt(string disguised) => Assert.Equal("sk_test_***", LogText.Clean(disguised + Random));

    [Fact]
    public void Clean_OfALongLine_CutsItWithoutSplittingACharacter()
    {
        var cleaned = LogText.Clean("x" + string.Concat(Enumerable.Repeat("👍", 10_000)));

        Assert.True(cleaned.Length is LogText.MaxLength or LogText.MaxLength - 1);
        Assert.EndsWith("👍…", cleaned, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_OfTenMegabytes_CutsThem() => Assert.Equal(LogText.MaxLength, LogText.Clean(new string('x', 10_000_000)).Length);

    [Fact]
    public void Clean_WithASecretWhereverALongLineIsCut_NeverShowsAPieceOfIt()
    {
        // The characters that survive compression are those of the secret's own alphabet.
        var secret = "sk_test_" + new string('Q', 60);
        for (var at = 3900; at < 4100; at++)
            Assert.DoesNotContain("QQ", LogText.Clean(new string(' ', 10) + new string('x', at) + " " + secret), StringComparison.Ordinal);
        for (var at = 15_900; at < 16_100; at++)
            Assert.DoesNotContain(
                "QQ",
                LogText.Clean(new string('\0', at) + " " + secret + new string('y', 500)),
                StringComparison.Ordinal
            );
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Clean_Twice_ChangesNothing(string text, string cleaned)
    {
        _ = cleaned;
        Assert.Equal(LogText.Clean(text), LogText.Clean(LogText.Clean(text)));
    }

    [Fact]
    public void Clean_OfAnything_IsShortPrintableAndStable()
    {
        var random = new Random(20_26);
        string[] pieces =
        [
            "password=",
            "\"",
            "'",
            "\\",
            "sk_test_",
            "\x1b[",
            "m",
            "://",
            "@",
            ":",
            " ",
            "\n",
            "Bearer ",
            "\u202e",
            "abc123",
            "-----BEGIN PRIVATE KEY-----",
            "mp_",
            "=",
            "{",
            "👍",
            "\ud800",
        ];
        for (var round = 0; round < 3000; round++)
        {
            var text = new StringBuilder();
            for (var count = random.Next(1, 30); count > 0; count--)
                text.Append(pieces[random.Next(pieces.Length)]);
            var cleaned = LogText.Clean(text.ToString());
            Assert.True(cleaned.Length <= LogText.MaxLength);
            Assert.DoesNotContain(
                cleaned,
                c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format
            );
            Assert.Equal(cleaned, LogText.Clean(cleaned));
        }
    }

    [Theory]
    [InlineData('a')]
    [InlineData('-')]
    [InlineData('=')]
    [InlineData('"')]
    [InlineData('\x1b')]
    [InlineData('@')]
    [InlineData('.')]
    public void Clean_OfALongRunOfOneCharacter_IsNotWithheld(char character) =>
        Assert.DoesNotContain("withheld", LogText.Clean(new string(character, 20_000)), StringComparison.Ordinal);
}
