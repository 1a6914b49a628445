using MPanel.Web.Security.Identity;

namespace MPanel.Tests.Unit.Web.Security;

public sealed class PasswordRulesTests
{
    private const string Email = "jo.smith@example.com";

    [Theory]
    [InlineData("violet harbour lantern")]
    [InlineData("kT9#mQ2$vX7!")]
    [InlineData("jo.smith owns seven green kettles")]
    [InlineData("пароль из четырёх слов")]
    [InlineData("            six words in much room")]
    public void Refuse_OfAGoodOne_IsNull(string password) => Assert.Null(PasswordRules.Refuse(password, Email));

    [Theory]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("123456789012")]
    [InlineData("210987654321")]
    [InlineData("abcdefghijklmn")]
    [InlineData("qwertyuiopasdf")]
    [InlineData("1q2w3e4r5t6y7u")]
    [InlineData("password1234")]
    [InlineData("P@ssw0rd12345!")]
    [InlineData("passwordpassword")]
    [InlineData("Welcome2026!!!")]
    [InlineData("admin administrator")]
    [InlineData("letmein12345678")]
    [InlineData("correcthorsebatterystaple")]
    [InlineData("jo.smith@example.com")]
    [InlineData("JO.SMITH@example.com1")]
    [InlineData("jo.smith12345")]
    public void Refuse_OfWhatEverybodyTries_SaysWhy(string password) =>
        Assert.EndsWith(".", PasswordRules.Refuse(password, Email), StringComparison.Ordinal);

    [Fact]
    public void Refuse_OfMoreThanIsHashed_SaysWhy() => Assert.NotNull(PasswordRules.Refuse(new string('x', 250) + "violet harbour", Email));
}
