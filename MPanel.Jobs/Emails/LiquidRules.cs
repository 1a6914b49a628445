using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;

namespace MPanel.Jobs.Emails;

/// <summary>What is wrong with a part of a template.</summary>
/// <param name="Line">From 1.</param>
public sealed record LiquidFault(int Line, string Message);

/// <summary>
/// Which Liquid templates may be written in: what it takes for a letter, and nothing that lets one grow beyond all bounds. Left out are
/// captures and filters that append, by which a text doubles with every line, ranges, which take memory for each number before the first is
/// used, and deep nesting, on which the parser would end the process.
/// </summary>
internal sealed partial class LiquidRules : AstVisitor
{
    public const int LongestSource = 20_000;
    private const int DeepestNesting = 8;
    private const int MostTags = 200;
    private const int MostBrackets = 20;

    private static readonly string[] Tags = ["assign", "if", "unless", "case", "for", "comment", "break", "continue"];

    private static readonly string[] Filters =
    [
        "upcase",
        "downcase",
        "capitalize",
        "default",
        "size",
        "strip",
        "truncate",
        "first",
        "last",
    ];

    private static readonly FluidParser Parser = MakeParser();

    private string? _fault;

    /// <summary>With everything that a template may use, and bounded.</summary>
    public static TemplateOptions Options()
    {
        var options = new TemplateOptions
        {
            MaxSteps = 5_000,
            MaxRecursion = 20,
            StrictFilters = true,
        };
        options.Filters.Clear();
        foreach (var name in Filters)
            if (TemplateOptions.Default.Filters.TryGetValue(name, out var filter))
                options.Filters.AddFilter(name, filter);
        options.Filters.AddFilter("money", MoneyFilter.Run);
        return options;
    }

    /// <returns>The template, or what is wrong with it.</returns>
    public static (IFluidTemplate? Template, LiquidFault? Fault) Parse(string source)
    {
        if (Bounds(source) is { } bound)
            return (null, bound);
        if (!Parser.TryParse(source, out var template, out var error))
            return (null, Fault(error));
        var rules = new LiquidRules();
        rules.VisitTemplate(template);
        return rules._fault is { } fault ? (null, new LiquidFault(1, fault)) : (template, null);
    }

    /// <summary>What is looked at before the parser is.</summary>
    private static LiquidFault? Bounds(string source)
    {
        if (source.Length > LongestSource)
            return new LiquidFault(1, $"It is longer than {LongestSource} characters.");
        if (source.Count(c => c == '[') is > MostBrackets)
            return new LiquidFault(1, $"There are more than {MostBrackets} brackets.");
        var (depth, tags) = (0, 0);
        foreach (Match tag in Tag().Matches(source))
        {
            depth +=
                tag.Groups["end"].Success ? -1
                : tag.Groups["begin"].Success ? 1
                : 0;
            if (++tags > MostTags)
                return new LiquidFault(LineOf(source, tag.Index), $"There are more than {MostTags} tags.");
            if (depth > DeepestNesting)
                return new LiquidFault(LineOf(source, tag.Index), $"Tags are nested deeper than {DeepestNesting}.");
        }
        return null;
    }

    private static int LineOf(string source, int index) => source.AsSpan(0, index).Count('\n') + 1;

    private static LiquidFault Fault(string error)
    {
        var first = error.Split('\n')[0].Trim();
        var place = Place().Match(first);
        return place.Success
            ? new LiquidFault(
                int.Parse(place.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
                first[..place.Index].Trim()
            )
            : new LiquidFault(1, first);
    }

    protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
    {
        _fault ??= "Ranges such as (1..5) are not supported.";
        return rangeExpression;
    }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (filterExpression.Name != "money" && !Filters.Contains(filterExpression.Name))
            _fault ??= $"There is no filter {filterExpression.Name}.";
        return base.VisitFilterExpression(filterExpression);
    }

    private static FluidParser MakeParser()
    {
        var parser = new FluidParser(new FluidParserOptions { AllowFunctions = false, AllowParentheses = false });
        foreach (var tag in parser.RegisteredTags.Keys.Except(Tags).ToList())
            parser.RegisteredTags.Remove(tag);
        return parser;
    }

    [GeneratedRegex(@"\{%-?\s*(?:(?<end>end\w+)|(?<begin>if|unless|case|for|comment)\b|\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\sat \((\d+):\d+\)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
