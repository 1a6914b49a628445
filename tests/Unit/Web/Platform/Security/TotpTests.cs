using System.Text;
using MPanel.Web.Platform.Security.TwoFactor;

namespace MPanel.Tests.Unit.Web.Platform.Security;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, the last six of its eight digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void CodeAt_TheStandardsTimes_IsTheStandardsCode(long seconds, string code) =>
        Assert.Equal(code, Totp.CodeAt(Secret, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void Match_OfAClockThatIsOff_TakesHalfAMinute(int off, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);

        var step = Totp.Match(Secret, Totp.CodeAt(Secret, now.AddSeconds(off)), now);

        Assert.Equal(taken ? (1234567890 + off) / 30 : null, step);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5924")]
    [InlineData("0059240")]
    [InlineData("abcdef")]
    public void Match_OfWhatIsNoCode_IsNull(string code) =>
        Assert.Null(Totp.Match(Secret, code, DateTimeOffset.FromUnixTimeSeconds(1234567890)));

    /// <summary>RFC 4648, section 10: what is typed into an app has no padding.</summary>
    [Theory]
    [InlineData("fo", "MZXQ")]
    [InlineData("foob", "MZXW 6YQ")]
    [InlineData("foobar", "MZXW 6YTB OI")]
    public void Enrolment_OfASecret_ShowsItInBase32(string secret, string shown) =>
        Assert.Equal(shown, Enrolment.Of(Encoding.ASCII.GetBytes(secret), "jo@example.com").Secret);
}
