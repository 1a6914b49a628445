using Microsoft.AspNetCore.Razor.TagHelpers;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary><c>&lt;th sort="name" list="Model.List"&gt;Name&lt;/th&gt;</c>: a column head that sorts the list, and says how it is sorted.</summary>
[HtmlTargetElement("th", Attributes = "sort,list")]
public sealed class SortTagHelper : TagHelper
{
    /// <summary>Key of a sort column of the list.</summary>
    public string Sort { get; set; } = "";

    public ListView List { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (!List.Query.Definition.Sorts.Any(s => s.Key == Sort))
            throw new InvalidOperationException($"The list of {List.What} can't be sorted by {Sort}.");
        var current = List.Query.Sort.Key == Sort;
        var descending = current && List.Query.Descending;
        var link = List.Link(("sort", current && !descending ? $"-{Sort}" : Sort));
        output.Attributes.SetAttribute(
            "aria-sort",
            !current ? "none"
                : descending ? "descending"
                : "ascending"
        );
        output.PreContent.SetHtmlContent($"<a class=\"table-sort{(current ? descending ? " desc" : " asc" : "")}\" href=\"");
        output.PreContent.Append(link);
        output.PreContent.AppendHtml("\">");
        output.PostContent.SetHtmlContent("</a>");
    }
}
