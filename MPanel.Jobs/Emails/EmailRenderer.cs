using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;
using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Jobs.Invoices;

namespace MPanel.Jobs.Emails;

/// <summary>A message, and the names that its template uses and its facts lack.</summary>
public sealed record RenderedEmail(EmailContent Content, IReadOnlyList<string> Missing);

/// <param name="Part"><c>subject</c>, <c>text</c> or <c>html</c>.</param>
public sealed record TemplateFault(string Part, int Line, string Message);

/// <summary>Makes messages of templates and facts. Facts stand in HTML as text: whoever is called <c>&lt;b&gt;</c> is.</summary>
public sealed class EmailRenderer(IOptions<SmtpOptions> smtp, IOptions<SellerOptions> seller)
{
    private const int LongestSubject = 200;
    private const int LongestOutput = 100_000;

    // Letters stay letters: only what means something in HTML is written otherwise.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Who writes, as messages name them.</summary>
    public string Company =>
        smtp.Value.FromName is { Length: > 0 } name ? name
        : seller.Value.Name is { Length: > 0 } company ? company
        : "MPanel";

    /// <returns>Everything that is wrong with it; none when it can be used.</returns>
    public IReadOnlyList<TemplateFault> Faults(EmailTemplate template, TemplateSource source)
    {
        List<TemplateFault> faults = [];
        foreach (var (part, text) in Parts(source))
        {
            if (string.IsNullOrWhiteSpace(text))
                faults.Add(new TemplateFault(part, 1, "It is empty."));
            else if (FirstUnwritable(text) is { } at)
                faults.Add(new TemplateFault(part, text.AsSpan(0, at).Count('\n') + 1, "It has a character that can't be written."));
            else if (LiquidRules.Parse(text).Fault is { } fault)
                faults.Add(new TemplateFault(part, fault.Line, fault.Message));
        }
        if (source.Subject.Contains('\n', StringComparison.Ordinal))
            faults.Add(new TemplateFault("subject", 1, "It is one line."));
        if (faults.Count == 0)
        {
            try
            {
                Preview(template, source);
            }
            catch (TemplateException e)
            {
                faults.Add(new TemplateFault(e.Part, 1, e.Message));
            }
        }
        return faults;
    }

    /// <summary>With the template's own sample. What is missing stands there as missing.</summary>
    /// <exception cref="TemplateException">It can't be rendered.</exception>
    public RenderedEmail Preview(EmailTemplate template, TemplateSource source)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var content = Render(source, template.Sample, "Alex Example", "https://panel.example.com/…", Missing);
        return new RenderedEmail(content, [.. missing]);

        FluidValue Missing(string name)
        {
            missing.Add(name);
            return new StringValue($"[missing: {name}]");
        }
    }

    /// <param name="facts">JSON object.</param>
    /// <param name="name">Of the recipient.</param>
    /// <param name="link">What stands for a link that lets its reader in; null where there is none.</param>
    /// <exception cref="TemplateException">It can't be rendered.</exception>
    public EmailContent Render(TemplateSource source, string facts, string name, string? link) => Render(source, facts, name, link, null);

    private EmailContent Render(TemplateSource source, string facts, string name, string? link, Func<string, FluidValue>? missing)
    {
        using var json = JsonDocument.Parse(facts);
        var context = new TemplateContext(Limits(missing));
        foreach (var fact in json.RootElement.EnumerateObject())
            context.SetValue(fact.Name, LiquidFacts.Of(fact.Value, missing));
        context.SetValue("company", new StringValue(Company));
        context.SetValue("name", new StringValue(name));
        if (link is not null)
            context.SetValue("link", new StringValue(link));
        var subject = OneLine(Part("subject", source.Subject, context, NullEncoder.Default));
        var text = Part("text", source.Text, context, NullEncoder.Default).Trim() + "\n";
        return new EmailContent(subject, text, Page(subject, Part("html", source.Html, context, Html).Trim()));
    }

    private static TemplateOptions Limits(Func<string, FluidValue>? missing)
    {
        var options = LiquidRules.Options();
        if (missing is not null)
            options.Undefined = name => new ValueTask<FluidValue>(missing(name));
        return options;
    }

    private static string Part(string part, string source, TemplateContext context, TextEncoder encoder)
    {
        var (template, fault) = LiquidRules.Parse(source);
        if (template is null)
            throw new TemplateException(part, $"Line {fault!.Line}: {fault.Message}");
        using var output = new BoundedText(LongestOutput);
        try
        {
            // Nothing in it waits for anybody: it has ended when it returns.
            template.RenderAsync(output, context, encoder, isolateContext: true).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
            when (e is InvalidOperationException or FluidException or ArgumentException or FormatException or OverflowException)
        {
            // Fluid says of its bound on steps that it is one on recursion.
            throw new TemplateException(
                part,
                e.Message.StartsWith("The maximum", StringComparison.Ordinal) ? "It loops too often." : e.Message
            );
        }
        return output.ToString();
    }

    private string Page(string subject, string body) =>
        $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(
                subject
            )}</title></head>
            <body style="margin:0;padding:24px;font-family:sans-serif;font-size:16px;line-height:1.5;color:#1f2937;background:#ffffff">
            <div style="max-width:600px;margin:0 auto">
            {body}
            <p style="margin-top:32px;color:#6b7280;font-size:14px">{WebUtility.HtmlEncode(Company)}</p>
            </div></body></html>
            """;

    private static string OneLine(string text)
    {
        var line = string.Join(
            ' ',
            new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
        return line.Length <= LongestSubject ? line : line[..(LongestSubject - 1)].TrimEnd() + "…";
    }

    /// <summary>Where a control character or half of a surrogate pair stands, which no message and no database takes; null for nowhere.</summary>
    private static int? FirstUnwritable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t')))
                return i;
        }
        return null;
    }

    private static IEnumerable<(string Part, string Text)> Parts(TemplateSource source) =>
        [("subject", source.Subject), ("text", source.Text), ("html", source.Html)];

    /// <summary>Takes so many characters, and no more.</summary>
    private sealed class BoundedText(int most) : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
    {
        public override void Write(char value)
        {
            Room(1);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Room(count);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Room(buffer.Length);
            base.Write(buffer);
        }

        public override void Write(string? value)
        {
            Room(value?.Length ?? 0);
            base.Write(value);
        }

        public override Task WriteAsync(char value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(string? value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(char[] buffer, int index, int count)
        {
            Write(buffer, index, count);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return Task.CompletedTask;
        }

        private void Room(int more)
        {
            if (GetStringBuilder().Length + more > most)
                throw new InvalidOperationException($"What comes out is longer than {most} characters.");
        }
    }
}

/// <summary>A template that can't be rendered with these facts.</summary>
public sealed class TemplateException(string part, string message) : Exception(message)
{
    public string Part => part;
}
