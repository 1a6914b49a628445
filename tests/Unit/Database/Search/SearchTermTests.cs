using MPanel.Database.Search;

namespace MPanel.Tests.Unit.Database.Search;

public sealed class SearchTermTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("a")]
    [InlineData("  a  ")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void Read_OfNoTerm_IsNull(string? text) => Assert.Null(SearchTerm.Read(text));

    [Fact]
    public void Read_OfTooMuch_IsNull() => Assert.Null(SearchTerm.Read(new string('x', 201)));

    [Fact]
    public void Like_OfWildcards_TakesThemLiterally() => Assert.Equal("%50\\%\\_\\\\%", SearchTerm.Read("50%_\\")!.Like);

    [Fact]
    public void Patterns_OfTwoLetters_AreTheBeginningsOfWords()
    {
        var term = SearchTerm.Read("Ab")!;

        Assert.Equal(("% ab%", "ab%"), (term.Like, term.Start));
    }

    [Theory]
    [InlineData("ORD-1042", 1042L)]
    [InlineData("ord-1042", 1042L)]
    [InlineData("1042", 1042L)]
    [InlineData("ORD-", null)]
    [InlineData("ORD--1", null)]
    [InlineData("10x", null)]
    [InlineData("9999999999999999999", null)]
    public void Number_WithOrWithoutItsLetters_IsRead(string text, long? number) =>
        Assert.Equal(number, SearchTerm.Read(text)!.Number("ORD-"));

    [Fact]
    public void BeginningWith_OfDigits_CoversEveryNumberThatBeginsSo()
    {
        var ranges = SearchTerm.BeginningWith(104);

        Assert.Equal([new(104, 104), new(1040, 1049), new(10400, 10499)], ranges.Take(3));
        Assert.True(ranges[^1].Last <= 9_999_999_999);
        Assert.Equal([new SearchTerm.Range(0, 0)], SearchTerm.BeginningWith(0));
    }

    [Theory]
    [InlineData("INV-2026-0001", "INV-2026", "100-199")]
    [InlineData("inv-2026-000001", "INV-2026", "1-1")]
    [InlineData("INV-2026-1000000", "INV-2026", "1000000-1000000 10000000-10000009 100000000-100000099 1000000000-1000000999")]
    public void InvoiceNumber_OfABeginning_HasTheNumbersThatCanFollow(string text, string series, string numbers)
    {
        var number = SearchTerm.Read(text)!.InvoiceNumber();

        Assert.Equal(series, number?.Series);
        Assert.Equal(numbers, string.Join(' ', number!.Value.Numbers.Select(r => $"{r.First}-{r.Last}")));
    }

    [Theory]
    [InlineData("INV")]
    [InlineData("-1")]
    [InlineData("site-x1")]
    [InlineData("INV-99999999999")]
    public void InvoiceNumber_OfAnythingElse_IsNull(string text) => Assert.Null(SearchTerm.Read(text)!.InvoiceNumber());
}
