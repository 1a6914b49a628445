using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary>
/// <c>&lt;time-ago value="order.CreatedAt" /&gt;</c>: how long ago, or how soon, with the exact time in the person's time zone on hover.
/// panel.js keeps the words current. Nothing where there is no time yet: <c>none</c> says what to show then.
/// </summary>
[HtmlTargetElement("time-ago", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TimeAgoTagHelper(TimeProvider clock) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public DateTimeOffset? Value { get; set; }

    public string None { get; set; } = "–";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagMode = TagMode.StartTagAndEndTag;
        if (Value is not { } at)
        {
            output.TagName = "span";
            output.Attributes.SetAttribute("class", "text-secondary");
            output.Content.SetContent(None);
            return;
        }
        output.TagName = "time";
        output.Attributes.SetAttribute("datetime", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        output.Attributes.SetAttribute("title", Exact(at, ViewContext.HttpContext.User.TimeZone()));
        output.Attributes.SetAttribute("data-ago", "");
        output.Content.SetContent(Ago(at - clock.GetUtcNow()));
    }

    public static string Exact(DateTimeOffset at, TimeZoneInfo zone) =>
        $"{TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} {zone.Id}";

    /// <summary>The same words as in panel.js.</summary>
    /// <param name="until">Negative for the past.</param>
    public static string Ago(TimeSpan until)
    {
        var length = until.Duration();
        var words = length switch
        {
            { TotalSeconds: < 5 } => null,
            { TotalSeconds: < 60 } => $"{(int)length.TotalSeconds} s",
            { TotalMinutes: < 60 } => $"{(int)length.TotalMinutes} min",
            { TotalHours: < 24 } => $"{(int)length.TotalHours} h",
            { TotalDays: < 60 } => Days((int)length.TotalDays, "day"),
            { TotalDays: < 730 } => Days((int)(length.TotalDays / 30.44), "month"),
            _ => Days((int)(length.TotalDays / 365.25), "year"),
        };
        return words is null ? "now"
            : until < TimeSpan.Zero ? $"{words} ago"
            : $"in {words}";
    }

    private static string Days(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
