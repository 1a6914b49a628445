using System.Collections.Concurrent;
using MPanel.Database.Emails;

namespace MPanel.Jobs.Emails;

/// <summary>Templates as they ship with the program. The first line is the subject, then come the parts after their marks.</summary>
public static class BuiltInTemplates
{
    private const string TextMark = "\n=== text\n";
    private const string HtmlMark = "\n=== html\n";

    private static readonly ConcurrentDictionary<string, TemplateSource> Read = new();

    public static TemplateSource Of(string code) => Read.GetOrAdd(code, Load);

    private static TemplateSource Load(string code)
    {
        var name = $"emails/{QueueEmail.DefaultLocale}/{code}.liquid";
        using var stream =
            typeof(BuiltInTemplates).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program has no template {name}.");
        using var reader = new StreamReader(stream);
        var all = reader.ReadToEnd().ReplaceLineEndings("\n");
        var text = all.IndexOf(TextMark, StringComparison.Ordinal);
        var html = all.IndexOf(HtmlMark, StringComparison.Ordinal);
        return new TemplateSource(all[..text], all[(text + TextMark.Length)..html].Trim(), all[(html + HtmlMark.Length)..].Trim());
    }
}
