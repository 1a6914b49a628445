using MPanel.Web.Platform.Security.Identity;

namespace MPanel.Tests.Unit.Web.Platform.Security;

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
    public void Refuse_OfACommonWord_HoweverItIsWritten() => Assert.DoesNotContain(CommonWords.All.SelectMany(Written), IsTaken);

    [Fact]
    public void Refuse_OfTwoCommonWords() =>
        Assert.DoesNotContain(
            CommonWords.All.SelectMany(first => CommonWords.All.Select(second => $"{Capital(first)} {second}2026!!!!")),
            IsTaken
        );

    [Fact]
    public void Refuse_OfRowsOfTheKeyboard() =>
        Assert.Empty(
            from row in CommonWords.Rows
            from way in new[] { row + row, new string([.. row.Reverse(), .. row.Reverse()]) }
            from start in Enumerable.Range(0, row.Length)
            where IsTaken(way.Substring(start, PasswordRules.Shortest))
            select way.Substring(start, PasswordRules.Shortest)
        );

    [Theory]
    [InlineData("839102746551", "Digits and signs alone")]
    [InlineData("abababababab", "This repeats a few characters")]
    [InlineData("qwertyuiopasdf", "This is a row of the keyboard")]
    [InlineData("Welcome2026!!!", "This is one word")]
    [InlineData("admin administrator", "These words are among the first")]
    [InlineData("mpanelmpanel42", "This is one word")]
    [InlineData("jo.smith12345", "This is too much like your e-mail address")]
    [InlineData("smith.example.99!", "These words are among the first")]
    public void Refuse_SaysInPlainWordsWhy(string password, string why) =>
        Assert.StartsWith(why, PasswordRules.Refuse(password, Email), StringComparison.Ordinal);

    /// <summary>Signs that may stand for letters, as many as may be: what is slowest to read.</summary>
    [Fact]
    public void Refuse_OfTheLongest_ReadsNoMoreThanItMust() =>
        Assert.Null(PasswordRules.Refuse("violet harbour lantern " + string.Concat(Enumerable.Repeat("p4$$w0rd!1", 23)), Email));

    private static bool IsTaken(string password) => PasswordRules.Refuse(password, Email) is null;

    private static IEnumerable<string> Written(string word) =>
        [
            string.Concat(Enumerable.Repeat(word, PasswordRules.Shortest)),
            $"{word}{word}{word} {word}",
            $"{word}839102746551",
            $"{Capital(word)}2026!!!!!!!!",
            $"!!{word.ToUpperInvariant()}_____2026",
            $"{word[0]}{word[1..].Replace('o', '0').Replace('i', '1').Replace('e', '3').Replace('a', '@').Replace('s', '$').Replace('t', '7')}12345!0000",
            $"{word[0]}{word[1..].Replace('i', '!').Replace('a', '4').Replace('s', '5')}-{word}-{word}-99",
            $"{string.Join('.', word.ToCharArray())}.123456789",
        ];

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    [Fact]
    public void Refuse_OfMoreThanIsHashed_SaysWhy() => Assert.NotNull(PasswordRules.Refuse(new string('x', 250) + "violet harbour", Email));
}
