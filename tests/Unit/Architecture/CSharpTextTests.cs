namespace MPanel.Tests.Unit.Architecture;

public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("""a("one", 'x');""", "one")]
    [InlineData("""a("say \"one\" // not a comment");""", """say \"one\" // not a comment""")]
    [InlineData(""""a(@"c:\ ""one"" ");"""", """"c:\ ""one"" """")]
    [InlineData(""""""a("""one "two" """);"""""", """"one "two" """")]
    [InlineData("""a('"', "one");""", "one")]
    [InlineData("""a('\'', "one");""", "one")]
    public void Strings_OfEveryKind_AreFound(string source, string expected)
    {
        var text = new CSharpText(source);

        Assert.Equal(expected, Assert.Single(text.Strings).Text);
        Assert.DoesNotContain("one", text.CodeLines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_WithHoles_GiveTheHolesToCode()
    {
        var text = new CSharpText("""a($"one {two("three")} four {{five}}");""");

        Assert.Equal(["three", "one {} four {{five}}"], text.Strings.Select(s => s.Text));
        Assert.Contains("two(", text.CodeLines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_OfBothKinds_AreNoCode()
    {
        var text = new CSharpText("one(); // \"two\"\n/* three\nfour */ five();");

        Assert.Equal([(1, "// \"two\""), (2, "/* three\nfour */")], text.Comments.Select(c => (c.Line, c.Text)));
        Assert.Empty(text.Strings);
        Assert.Equal("one();", text.CodeLines[0].Text.Trim());
        Assert.Equal("five();", text.CodeLines[2].Text.Trim());
    }
}
