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
    [InlineData("\u0645\u062B\u0627\u0644.com", false)]
    public void In_AName_IsWhereScriptsThatNobodyMixesMeetInALabel(string domain, bool expected) =>
        Assert.Equal(expected, MixedScripts.In(domain));
}
