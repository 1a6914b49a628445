using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary><c>&lt;status value="needs_review" /&gt;</c>: a badge in the one colour that this status has everywhere.</summary>
[HtmlTargetElement("status", TagStructure = TagStructure.WithoutEndTag)]
public sealed class StatusTagHelper : TagHelper
{
    /// <summary>Of any entity; the words mean the same wherever they stand.</summary>
    private static readonly Dictionary<string, string> Colours = new()
    {
        ["active"] = "green",
        ["completed"] = "green",
        ["success"] = "green",
        ["succeeded"] = "green",
        ["done"] = "green",
        ["paid"] = "green",
        ["managed"] = "green",
        ["online"] = "green",
        ["in_progress"] = "blue",
        ["processing"] = "blue",
        ["provisioning"] = "blue",
        ["running"] = "blue",
        ["started"] = "blue",
        ["resumed"] = "blue",
        ["received"] = "azure",
        ["pending"] = "azure",
        ["due"] = "azure",
        ["waiting"] = "azure",
        ["invited"] = "azure",
        ["open"] = "azure",
        ["retry"] = "yellow",
        ["needs_review"] = "orange",
        ["past_due"] = "orange",
        ["draining"] = "orange",
        ["partially_refunded"] = "orange",
        ["disputed"] = "orange",
        ["lease_expired"] = "orange",
        ["failed"] = "red",
        ["rejected"] = "red",
        ["offline"] = "red",
        ["unwell"] = "red",
        ["uncollectible"] = "red",
        ["locked"] = "red",
        ["suspended"] = "purple",
        ["maintenance"] = "purple",
        ["refunded"] = "purple",
    };

    public string? Value { get; set; }

    /// <summary>Shown instead of the status itself.</summary>
    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        var value = Value ?? "none";
        // What is over without being a success (cancelled, deleted, disabled, draft) and what is unknown is grey.
        output.Attributes.SetAttribute("class", $"badge status-badge status-{Colours.GetValueOrDefault(value, "secondary")}");
        output.Content.SetContent(Label ?? value.Replace('_', ' '));
    }
}
