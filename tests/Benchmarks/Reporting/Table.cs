using System.Globalization;
using System.Text;

namespace MPanel.Benchmarks.Reporting;

/// <summary>Figures of one section, for a terminal and for a Markdown page.</summary>
public sealed class Table(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Note(string note) => _notes.Add(note);

    public string Text()
    {
        var widths = columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Length).Max()).ToArray();
        var text = new StringBuilder().AppendLine(title).AppendLine(new string('=', title.Length));
        foreach (var row in _rows.Prepend(columns))
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        foreach (var note in _notes)
            text.AppendLine(note);
        return text.ToString();
    }

    public string Markdown()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"**{title}**").AppendLine();
        text.AppendLine(Line(columns)).AppendLine(Line(columns.Select((_, i) => i == 0 ? "---" : "---:")));
        foreach (var row in _rows)
            text.AppendLine(Line(row));
        text.AppendLine();
        foreach (var note in _notes)
            text.AppendLine(note);
        return text.ToString();
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
