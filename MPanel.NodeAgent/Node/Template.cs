namespace MPanel.NodeAgent.Node;

/// <summary>A text from the assembly with <c>{{name}}</c> where values go. Values are put in as they are: the caller has made them safe.</summary>
internal sealed class Template(string text)
{
    public static Template Read(string name)
    {
        using var stream = typeof(Template).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return new Template(reader.ReadToEnd());
    }

    /// <exception cref="InvalidOperationException">A name in the text got no value.</exception>
    public string Fill(params (string Name, string Value)[] values)
    {
        var filled = values.Aggregate(text, (t, v) => t.Replace($"{{{{{v.Name}}}}}", v.Value, StringComparison.Ordinal));
        return filled.Contains("{{", StringComparison.Ordinal)
            ? throw new InvalidOperationException("A template was not filled whole.")
            : filled;
    }
}
