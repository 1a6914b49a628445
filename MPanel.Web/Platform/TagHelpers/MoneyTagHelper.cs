using Microsoft.AspNetCore.Razor.TagHelpers;
using MPanel.Jobs.Text;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary><c>&lt;money amount="29.88m" currency="USD" /&gt;</c>: with the currency's own number of decimals.</summary>
[HtmlTargetElement("money", TagStructure = TagStructure.WithoutEndTag)]
public sealed class MoneyTagHelper : TagHelper
{
    /// <summary>Major units.</summary>
    public decimal Amount { get; set; }

    public string Currency { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "money");
        output.Content.SetContent(Money.Text(Amount, Currency));
    }
}
