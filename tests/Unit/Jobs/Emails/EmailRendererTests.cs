using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Invoices;

namespace MPanel.Tests.Unit.Jobs.Emails;

/// <summary>Templates, hostile ones too: what comes of them is bounded, and facts are text.</summary>
public sealed class EmailRendererTests
{
    private static readonly EmailRenderer Renderer = new(Options.Create(new SmtpOptions()), Options.Create(new SellerOptions()));
    private static readonly EmailTemplate Receipt = EmailTemplates.Find(EmailTemplateCode.Receipt)!;
    private static readonly EmailTemplate Order = EmailTemplates.Find(EmailTemplateCode.OrderReceived)!;

    public static TheoryData<string> Codes => [.. EmailTemplateCode.All];

    [Theory]
    [MemberData(nameof(Codes))]
    public void BuiltIn_WithItsSample_LacksNothing(string code)
    {
        var template = EmailTemplates.Find(code)!;
        var source = BuiltInTemplates.Of(code);

        Assert.Empty(Renderer.Faults(template, source));
        var preview = Renderer.Preview(template, source);
        Assert.Empty(preview.Missing);
        Assert.DoesNotContain("{{", preview.Content.Text + preview.Content.Html + preview.Content.Subject, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for i in (1..100000000) %}x{% endfor %}", "Ranges")]
    [InlineData("{% capture a %}x{% endcapture %}", "capture")]
    [InlineData("{% assign a = 'x' | append: 'x' %}", "append")]
    [InlineData("{{ 'x' | nope }}", "nope")]
    [InlineData("{{ number | raw }}", "raw")]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData(
        "{% for a in items %}{% for b in items %}{% for c in items %}{% for d in items %}{% for e in items %}{% for f in items %}{% for g in items %}{% for h in items %}{% for i in items %}x",
        "nested"
    )]
    public void Source_ThatCouldGrowWithoutBound_IsRefused(string text, string about)
    {
        var fault = Assert.Single(Renderer.Faults(Order, new TemplateSource("S", text, "H")));

        Assert.Equal("text", fault.Part);
        Assert.Contains(about, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one\na\0b")]
    [InlineData("one\n\u001b[2J")]
    public void Source_WithWhatCantBeWritten_IsRefusedWithItsLine(string text) =>
        Assert.Equal(
            new TemplateFault("html", 2, "It has a character that can't be written."),
            Assert.Single(Renderer.Faults(Receipt, new("S", "T", text)))
        );

    [Fact]
    public void Source_ThatWouldExhaustTheParser_IsRefusedBeforeIt()
    {
        string[] sources =
        [
            string.Concat(Enumerable.Repeat("{% if a %}", 1500)),
            string.Concat(Enumerable.Repeat("{% comment %}", 1500)),
            "{{ " + string.Concat(Enumerable.Repeat("a[", 5000)),
            string.Concat(Enumerable.Repeat("{{ a }}", 1)) + new string('x', LiquidRules.LongestSource),
        ];

        foreach (var source in sources)
            Assert.NotEmpty(Renderer.Faults(Receipt, new TemplateSource("S", source, "H")));
    }

    [Fact]
    public void Loop_OverMuchThatSaysMuch_EndsInAFault()
    {
        var facts = $$"""{ "items": [{{string.Join(',', Enumerable.Range(0, 1000))}}] }""";
        var loud = new TemplateSource("S", "{% for a in items %}" + new string('x', 10_000) + "{% endfor %}", "H");
        var twice = new TemplateSource("S", "{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}", "H");

        Assert.Contains(
            "longer than",
            Assert.Throws<TemplateException>(() => Renderer.Render(loud, facts, "A", null)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("It loops too often.", Assert.Throws<TemplateException>(() => Renderer.Render(twice, facts, "A", null)).Message);
    }

    [Fact]
    public void Facts_WithMarkupAndLiquid_AreText()
    {
        const string facts = """{ "number": "<script>{{ company }}</script>\r\nBcc: x@example.com" }""";

        var content = Renderer.Render(new TemplateSource("{{ number }}", "{{ number }}", "<p>{{ number }}</p>"), facts, "A", null);

        Assert.DoesNotContain("<script>", content.Html, StringComparison.Ordinal);
        Assert.Contains("{{ company }}", content.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(content.Subject, char.IsControl);
    }

    [Fact]
    public void Preview_OfNamesThatAreNotThere_NamesEachOnce()
    {
        var source = new TemplateSource(
            "S",
            "{{ nobody }} {{ nobody }} {% for i in items %}{{ i.nothing }}{% endfor %}",
            "<p>{{ nobody }}</p>"
        );

        Assert.Equal(["nobody", "nothing"], Renderer.Preview(Order, source).Missing);
    }
}
