using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary><c>&lt;icon name="users" /&gt;</c>: one of the Tabler icons in wwwroot/lib/tabler-icons, inline, so that it takes the text's colour.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed partial class IconTagHelper : TagHelper
{
    private static readonly ConcurrentDictionary<string, HtmlString> Paths = new();

    public string Name { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"icon {output.Attributes["class"]?.Value}".TrimEnd());
        foreach (var (name, value) in Frame)
            output.Attributes.SetAttribute(name, value);
        output.Content.SetHtmlContent(Paths.GetOrAdd(Name, Read));
    }

    private static readonly (string Name, string Value)[] Frame =
    [
        ("width", "24"),
        ("height", "24"),
        ("viewBox", "0 0 24 24"),
        ("fill", "none"),
        ("stroke", "currentColor"),
        ("stroke-width", "2"),
        ("stroke-linecap", "round"),
        ("stroke-linejoin", "round"),
        // Beside a text that says the same, or a label on what holds it.
        ("aria-hidden", "true"),
    ];

    private static HtmlString Read(string name)
    {
        using var file =
            typeof(IconTagHelper).Assembly.GetManifestResourceStream($"icons/{name}")
            ?? throw new InvalidOperationException($"There is no icon {name} in wwwroot/lib/tabler-icons.");
        return new HtmlString(string.Concat(Shape().Matches(new StreamReader(file).ReadToEnd()).Skip(1).Select(m => m.Value)));
    }

    /// <summary>The first is the empty square around every icon.</summary>
    [GeneratedRegex("<(path|circle|rect|line|polyline)[^>]*/>")]
    private static partial Regex Shape();
}
