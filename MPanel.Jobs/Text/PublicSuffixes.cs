using System.Globalization;

namespace MPanel.Jobs.Text;

/// <summary>
/// The Public Suffix List, https://publicsuffix.org/list/, both of its parts: names under which others register theirs, such as
/// <c>co.uk</c> and <c>github.io</c>. Names are lower-case ASCII throughout.
/// </summary>
public sealed class PublicSuffixes
{
    private static readonly IdnMapping Idn = new();

    private readonly HashSet<string> _rules = [];

    // Every name right below one of these is a suffix: the list writes *.ck.
    private readonly HashSet<string> _wildcards = [];

    // But for these: the list writes !www.ck.
    private readonly HashSet<string> _exceptions = [];

    private PublicSuffixes(string date) => Date = date;

    /// <summary>Of the list, as it says itself, or of its file: <c>2023-02-09</c>.</summary>
    public string Date { get; }

    /// <exception cref="IOException">There is no such file, or it is no such list.</exception>
    public static PublicSuffixes Load(string path)
    {
        var written = File.GetLastWriteTimeUtc(path).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Parse(File.ReadLines(path), written);
    }

    /// <param name="date">Where the list names none itself.</param>
    /// <exception cref="IOException">It is no such list.</exception>
    public static PublicSuffixes Parse(IEnumerable<string> lines, string date)
    {
        const string version = "// VERSION: ";
        List<string> rules = [];
        foreach (var line in lines)
            if (line.StartsWith(version, StringComparison.Ordinal) && line.Length >= version.Length + 10)
                date = line[version.Length..(version.Length + 10)];
            else if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && !line.StartsWith("//", StringComparison.Ordinal))
                rules.Add(line.Split([' ', '\t'], 2)[0]);
        var list = new PublicSuffixes(date);
        foreach (var rule in rules)
            list.Add(rule);
        return list._rules.Contains("com") ? list : throw new IOException("This is not the Public Suffix List.");
    }

    /// <summary>Whether others register their names right below it.</summary>
    public bool IsSuffix(string domain) => _wildcards.Contains(domain) || Suffix(domain).Length == domain.Length;

    /// <summary>The part that somebody registered: the suffix and one label more. The name itself where it is a suffix.</summary>
    public string Registrable(string domain)
    {
        var suffix = Suffix(domain);
        if (suffix.Length == domain.Length)
            return domain;
        var before = domain[..^(suffix.Length + 1)];
        return domain[(before.LastIndexOf('.') + 1)..];
    }

    /// <summary>The names that decide whose a domain is: itself, its parents up to the registrable one, and its www name, which its website answers to as well.</summary>
    public string[] Related(string domain)
    {
        var registrable = Registrable(domain);
        return [.. DomainName.SelfAndParents(domain).Where(name => name.Length >= registrable.Length), $"www.{domain}"];
    }

    private string Suffix(string domain)
    {
        // The longest rule wins, and an exception over all; a name that no rule knows has its last label for a suffix.
        for (var at = 0; ; )
        {
            var name = domain[at..];
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0)
                return name;
            var parent = name[(dot + 1)..];
            if (_exceptions.Contains(name))
                return parent;
            if (_rules.Contains(name) || _wildcards.Contains(parent))
                return name;
            at += dot + 1;
        }
    }

    private void Add(string rule)
    {
        try
        {
            if (rule.StartsWith('!'))
                _exceptions.Add(Ascii(rule[1..]));
            else if (rule.StartsWith("*.", StringComparison.Ordinal))
                _wildcards.Add(Ascii(rule[2..]));
            else
                _rules.Add(Ascii(rule));
        }
        catch (ArgumentException)
        {
            // A name that this machine's tables can't write: nobody can order below it either.
        }
    }

    private static string Ascii(string name) => Idn.GetAscii(name).ToLowerInvariant();
}
