using System.Text;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>A piece of a source file. Line counts from 1.</summary>
public sealed record Fragment(int Line, string Text);

/// <summary>
/// C# source taken apart: what is code, what is a string, what is a comment. A rule about strings is then not fooled by code, nor
/// the other way round. Code keeps its positions: strings and comments are blanked out of it.
/// </summary>
public sealed class CSharpText
{
    private readonly string _source;
    private readonly StringBuilder _code;
    private readonly List<Fragment> _strings = [];
    private readonly List<Fragment> _comments = [];

    public CSharpText(string source)
    {
        _source = source;
        _code = new StringBuilder(source);
        _ = Code(0, closing: '\0');
        CodeLines = [.. _code.ToString().Split('\n').Select((text, index) => new Fragment(index + 1, text))];
    }

    public IReadOnlyList<Fragment> CodeLines { get; }

    /// <summary>String literals without their quotes. A hole of an interpolated one stands there as <c>{}</c>; what is in it is code.</summary>
    public IReadOnlyList<Fragment> Strings => _strings;

    public IReadOnlyList<Fragment> Comments => _comments;

    /// <summary>Reads code up to the closing brace of a hole, or to the end. Returns the position after it.</summary>
    private int Code(int at, char closing)
    {
        for (var depth = 0; at < _source.Length; )
        {
            if (At(at, "//"))
                at = Keep(_comments, at, EndOf(at, "\n", 0));
            else if (At(at, "/*"))
                at = Keep(_comments, at, EndOf(at + 2, "*/", 2));
            else if (_source[at] == '\'')
                at = Character(at);
            else if (StringStart(at) is { } start)
                at = Literal(at, start);
            else if (_source[at] == closing && depth == 0)
                return at + 1;
            else
            {
                depth += _source[at] switch
                {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                at++;
            }
        }
        return at;
    }

    private int Character(int at)
    {
        var end = at + 1;
        while (end < _source.Length && _source[end] is not ('\'' or '\n'))
            end += _source[end] == '\\' ? 2 : 1;
        end = Math.Min(end + 1, _source.Length);
        Blank(at, end);
        return end;
    }

    private sealed record Start(int Dollars, bool Verbatim, int Quotes, int Content);

    private Start? StringStart(int at)
    {
        var next = at;
        while (next < _source.Length && _source[next] is '$' or '@')
            next++;
        var prefix = _source[at..next];
        var quotes = 0;
        while (next + quotes < _source.Length && _source[next + quotes] == '"')
            quotes++;
        if (quotes == 0)
            return null;
        var dollars = prefix.Count(c => c == '$');
        if (quotes >= 3 && !prefix.Contains('@', StringComparison.Ordinal))
            return new Start(dollars, Verbatim: false, quotes, next + quotes);
        return new Start(dollars, prefix.Contains('@', StringComparison.Ordinal), 1, next + 1);
    }

    private int Literal(int at, Start start)
    {
        if (start.Quotes > 1)
            return Raw(at, start);
        Blank(at, start.Content);
        var text = new StringBuilder();
        var piece = start.Content;
        for (var next = piece; next < _source.Length; )
        {
            var c = _source[next];
            if (c == '"' && start.Verbatim && At(next, "\"\""))
                next += 2;
            else if (c == '"')
            {
                Take(text, piece, next);
                Blank(next, next + 1);
                _strings.Add(new Fragment(Line(at), text.ToString()));
                return next + 1;
            }
            else if (c == '\\' && !start.Verbatim)
                next += 2;
            else if (c == '{' && start.Dollars > 0 && !At(next, "{{"))
            {
                Take(text, piece, next);
                text.Append("{}");
                next = piece = Code(next + 1, '}');
            }
            else
                next += c == '{' && start.Dollars > 0 ? 2 : 1;
        }
        return _source.Length;
    }

    private int Raw(int at, Start start)
    {
        var quotes = new string('"', start.Quotes);
        var end = _source.IndexOf(quotes, start.Content, StringComparison.Ordinal);
        end = end < 0 ? _source.Length : end;
        Blank(at, start.Content);
        Keep(_strings, start.Content, end);
        var after = Math.Min(end + start.Quotes, _source.Length);
        Blank(end, after);
        return after;
    }

    private int Keep(List<Fragment> kept, int from, int to)
    {
        if (to > from)
            kept.Add(new Fragment(Line(from), _source[from..to]));
        Blank(from, to);
        return to;
    }

    private void Take(StringBuilder text, int from, int to)
    {
        text.Append(_source, from, to - from);
        Blank(from, to);
    }

    private int Line(int at) => _source.AsSpan(0, at).Count('\n') + 1;

    private void Blank(int from, int to)
    {
        for (var i = from; i < to; i++)
            if (_code[i] != '\n')
                _code[i] = ' ';
    }

    private int EndOf(int from, string mark, int length)
    {
        var found = _source.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? _source.Length : found + length;
    }

    private bool At(int at, string text) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;
}
