using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary>
/// On a phone, panel.css makes a block of each row of a <c>card-table</c>, and the head of its column goes with each cell: nothing is out
/// of sight. Tables need do nothing for it. The heads one table has, while it is written:
/// </summary>
public sealed partial class ColumnHeads
{
    private readonly List<string> _heads = [];
    private int _column;

    public static ColumnHeads? Of(TagHelperContext context) =>
        context.Items.TryGetValue(typeof(ColumnHeads), out var heads) ? (ColumnHeads)heads : null;

    /// <param name="html">One that is only for screen readers, or a box to tick, gives its cells no head.</param>
    public void Add(string html) =>
        _heads.Add(html.Contains("visually-hidden", StringComparison.Ordinal) ? "" : WebUtility.HtmlDecode(Tag().Replace(html, "")).Trim());

    public void BeginRow() => _column = 0;

    public string TakeHead(int columns)
    {
        var head = _heads.ElementAtOrDefault(_column) ?? "";
        _column += columns;
        return head;
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}

[HtmlTargetElement("table", Attributes = "class")]
public sealed class StackedTableTagHelper : TagHelper
{
    public override void Init(TagHelperContext context)
    {
        if (context.AllAttributes["class"].Value.ToString()!.Contains("card-table", StringComparison.Ordinal))
            context.Items[typeof(ColumnHeads)] = new ColumnHeads();
    }
}

[HtmlTargetElement("th", Attributes = "[scope=col]")]
public sealed class ColumnHeadTagHelper : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output) =>
        ColumnHeads.Of(context)?.Add((await output.GetChildContentAsync()).GetContent());
}

[HtmlTargetElement("tr")]
public sealed class StackedRowTagHelper : TagHelper
{
    public override void Init(TagHelperContext context) => ColumnHeads.Of(context)?.BeginRow();
}

[HtmlTargetElement("td")]
[HtmlTargetElement("th", Attributes = "[scope=row]")]
public sealed class StackedCellTagHelper : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        if (ColumnHeads.Of(context) is not { } heads)
            return;
        var columns = output.Attributes["colspan"]?.Value.ToString();
        var head = heads.TakeHead(columns is null ? 1 : int.Parse(columns, CultureInfo.InvariantCulture));
        if ((await output.GetChildContentAsync()).IsEmptyOrWhiteSpace)
            output.AddClass("blank", System.Text.Encodings.Web.HtmlEncoder.Default);
        else if (head.Length > 0)
            output.Attributes.SetAttribute("data-head", head);
    }
}
