using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary>
/// Gives a posting form that names its action its antiforgery token, unless it brings one. The framework's own helper gives it none, since
/// the action could be another site; here it can't: the content security policy lets forms go to the panel only.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post],action")]
public sealed class FormTokenTagHelper(IHtmlGenerator generator) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = (await output.GetChildContentAsync()).GetContent();
        var has =
            context.AllAttributes.ContainsName("asp-antiforgery")
            || content.Contains("name=\"__RequestVerificationToken\"", StringComparison.Ordinal);
        if (!has)
            output.PostContent.AppendHtml(generator.GenerateAntiforgery(ViewContext));
    }
}
