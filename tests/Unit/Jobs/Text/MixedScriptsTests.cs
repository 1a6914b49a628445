using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Text;

public sealed class MixedScriptsTests
{
    [Theory]
    [InlineData("p\u0430ypal.com", true)]
    [InlineData("xn--pypal-4ve.com", true)]
    [InlineData("g\u03BFogle.com", true)]
    [InlineData("\u0430\u03BF.com", true)]
    [InlineData("micr\u0585soft.com", true)]
    [InlineData("paypal.com", false)]
    [InlineData("b\u00FCcher-24.example", false)]
    [InlineData("\u043F\u0440\u0438\u043C\u0435\u0440.com", false)]
    [InlineData("\u043F\u0440\u0438\u043C\u0435\u0440-1.\u0440\u0444", false)]
    [InlineData("\u4F8B\u3048abc.jp", false)]
    [InlineData("\uD55C\uAD6D\u8A9E.kr", false)]
    [InlineData("\u0540\u0561\u0575\u0561\u057D\u057F\u0561\u0576.com", false)]
    [InlineData("\u0587\u0580\u0587\u0561\u0576.com", false)]
    [InlineData("\u12A2\u1275\u12EE\u1335\u12EB.com", false)]
    [InlineData("\u0F56\u0F7C\u0F51\u0F84\u0F40.com", false)]
    [InlineData("\u1000\u1019\u1039\u1018\u102C.com", false)]
    [InlineData("\u10E5\u10D0\u10E0\u10D7\u05D0.com", true)]
    [InlineData("\u0561\u05D0.com", true)]
    [InlineData("\u0645\u062B\u0627\u0644.com", false)]
    public void In_AName_IsWhereScriptsThatNobodyMixesMeetInALabel(string domain, bool expected) =>
        Assert.Equal(expected, MixedScripts.In(domain));
}
