using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary>What people type may be Arabic or Hebrew: a text field runs the way of what is in it. Where it is shown, <c>dir="auto"</c> stands beside it.</summary>
[HtmlTargetElement("textarea")]
[HtmlTargetElement("input", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TypedTextTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (context.AllAttributes["type"]?.Value.ToString() is null or "text" or "search")
            output.Attributes.SetAttribute("dir", "auto");
    }
}
