using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

/// <summary>Which glyphs stand where.</summary>
public sealed class TextShaperTests
{
    private static readonly TextShaper Shaper = new(FontShelf.Installed, "DE");

    [Theory]
    [InlineData("دوود", true)]
    [InlineData("דוד כהן", true)]
    [InlineData("David", false)]
    public void Shape_OfAScript_RunsInItsDirection(string text, bool rightToLeft)
    {
        var run = Assert.Single(Shaper.Shape(text, bold: false).Runs);

        Assert.Equal(rightToLeft ? run.Clusters.OrderDescending() : run.Clusters.Order(), run.Clusters);
        Assert.Equal(0u, rightToLeft ? run.Clusters[^1] : run.Clusters[0]);
    }

    [Theory]
    [InlineData("ببب", 3)]
    [InlineData("ب‌ب‌ب", 1)]
    public void Shape_OfArabic_JoinsLettersUnlessTheyAreKeptApart(string text, int forms)
    {
        var run = Assert.Single(Shaper.Shape(text, bold: false).Runs);

        Assert.Equal(forms, run.Glyphs.Zip(run.Advances).Where(g => g.Second > 0).Select(g => g.First).Distinct().Count());
    }

    /// <summary>Hebrew before Arabic in one run, which one font has both of.</summary>
    [Fact]
    public void Shape_OfTwoScriptsOfOneFont_JoinsTheSecondToo()
    {
        var alone = Assert.Single(Shaper.Shape("ببب", bold: false).Runs).Glyphs;

        Assert.Contains(
            Shaper.Shape("דוד ببب", bold: false).Runs,
            r => r.Glyphs.AsSpan().EndsWith(alone) || r.Glyphs.AsSpan().StartsWith(alone)
        );
    }

    [Theory]
    [InlineData("JP", "CN")]
    [InlineData("TW", "KR")]
    public void Shape_OfHan_TakesTheFaceOfTheCountry(string one, string other) => Assert.NotEqual(HanFace(one), HanFace(other));

    [Theory]
    [InlineData("\ud800 half")]
    [InlineData("a\tb\u0007c\u2028d")]
    [InlineData("")]
    [InlineData("\u202e\u2066\u200d\ufe0f")]
    public void Shape_OfWhatIsNoText_Ends(string text) => Assert.True(Shaper.Shape(text, bold: true).Ems < 100);

    [Theory]
    [InlineData("Z", "\u0301", 100_000)]
    [InlineData("", "Z\u0301\u0302\u0303\u0304\u0305", 20_000)]
    [InlineData("", "محمد", 25_000)]
    [InlineData("", "क्", 25_000)]
    [InlineData("\u202a", "\u202b", 10_000)]
    public void Shape_OfPilesOfMarks_TakesNoMoreGlyphsThanCharacters(string first, string repeated, int times)
    {
        var text = first + string.Concat(Enumerable.Repeat(repeated, times));

        Assert.InRange(Shaper.Shape(text, bold: false).Runs.Sum(r => r.Glyphs.Length), 0, text.Length);
    }

    private static FontFace HanFace(string country) =>
        Assert.Single(new TextShaper(FontShelf.Installed, country).Shape("直", bold: false).Runs).Face;
}
