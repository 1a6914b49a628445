using Microsoft.AspNetCore.Razor.TagHelpers;
using MPanel.Web.Platform.TagHelpers;

namespace MPanel.Tests.Unit.Web.Platform.TagHelpers;

/// <summary>What the tag helpers write.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "now")]
    [InlineData(-4.9, "now")]
    [InlineData(4.9, "now")]
    [InlineData(-5, "5 s ago")]
    [InlineData(-59.9, "59 s ago")]
    [InlineData(-60, "1 min ago")]
    [InlineData(90, "in 1 min")]
    [InlineData(-3599, "59 min ago")]
    [InlineData(-86399, "23 h ago")]
    [InlineData(-86400, "1 day ago")]
    [InlineData(59 * 86400, "in 59 days")]
    [InlineData(-60 * 86400, "1 month ago")]
    [InlineData(-62 * 86400, "2 months ago")]
    [InlineData(-729 * 86400, "23 months ago")]
    [InlineData(-731 * 86400, "2 years ago")]
    public void Ago_OfALength_SaysItInWords(double seconds, string expected) =>
        Assert.Equal(expected, TimeAgoTagHelper.Ago(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Exact_InAZone_NamesBoth() =>
        Assert.Equal(
            "22 Nov 2026 16:59:27 Asia/Kolkata",
            TimeAgoTagHelper.Exact(
                new DateTimeOffset(2026, 11, 22, 11, 29, 27, TimeSpan.Zero),
                TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")
            )
        );

    [Fact]
    public void Icon_OfEveryFile_HasAShape()
    {
        var icons = typeof(IconTagHelper).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("icons/", StringComparison.Ordinal));

        Assert.NotEmpty(icons);
        Assert.All(icons, icon => Assert.Contains("<", Draw(icon["icons/".Length..]), StringComparison.Ordinal));
    }

    [Fact]
    public void Icon_ThatIsNotThere_SaysWhich() =>
        Assert.Contains(
            "no-such-icon",
            Assert.Throws<InvalidOperationException>(() => Draw("no-such-icon")).Message,
            StringComparison.Ordinal
        );

    private static string Draw(string name)
    {
        var output = new TagHelperOutput("icon", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        new IconTagHelper { Name = name }.Process(new TagHelperContext([], new Dictionary<object, object>(), "id"), output);
        return output.Content.GetContent();
    }
}
