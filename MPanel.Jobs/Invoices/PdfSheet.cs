namespace MPanel.Jobs.Invoices;

/// <param name="Size">In points.</param>
internal sealed record TextStyle(TrueTypeFont Font, double Size)
{
    public double LineHeight => Size * 1.4;

    public double Width(string text) => Font.Width(text, Size);
}

/// <summary>A4 paper that text is written on from the top down, with a new page where one is full. Lengths in points.</summary>
internal sealed class PdfSheet
{
    public const double Left = 50;
    public const double Right = 545;
    public const double Bottom = 770;
    private const double Top = 56;
    private const double Footer = 800;

    public static readonly TextStyle Body = new(TrueTypeFont.Regular, 9);
    public static readonly TextStyle Bold = new(TrueTypeFont.Bold, 9);
    public static readonly TextStyle Small = new(TrueTypeFont.Regular, 7.5);
    public static readonly TextStyle Title = new(TrueTypeFont.Bold, 18);

    private readonly PdfFile _file = new();

    public PdfSheet() => NewPage();

    /// <summary>Where the next line begins.</summary>
    public double Y { get; set; }

    public void NewPage()
    {
        _file.AddPage();
        Y = Top;
    }

    /// <param name="y">Top of the line.</param>
    public void Write(string text, TextStyle style, double x, double y, bool endsAtX = false) =>
        Write(_file.PageCount - 1, text, style, x, y, endsAtX);

    public void Rule() => _file.Line(_file.PageCount - 1, Left, Right, Y);

    /// <summary>The text in lines no wider than <paramref name="width"/>: broken between words, and within a word that is wider than that.</summary>
    public static List<string> Wrap(string text, TextStyle style, double width)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(w => Pieces(w, style, width)))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && style.Width(longer) > width)
                {
                    lines.Add(line);
                    longer = word;
                }
                line = longer;
            }
            if (line.Length > 0)
                lines.Add(line);
        }
        return lines;
    }

    /// <summary>The finished document, with <paramref name="footer"/> and the page's number below every page.</summary>
    public byte[] Finish(string footer, DateTimeOffset created)
    {
        for (var page = 0; page < _file.PageCount; page++)
        {
            Write(page, footer, Small, Left, Footer, endsAtX: false);
            Write(page, $"Page {page + 1} of {_file.PageCount}", Small, Right, Footer, endsAtX: true);
        }
        return _file.Save(footer, created);
    }

    private void Write(int page, string text, TextStyle style, double x, double y, bool endsAtX) =>
        _file.Text(page, text, style.Font, style.Size, endsAtX ? x - style.Width(text) : x, y + style.Size);

    /// <summary>A word in pieces that fit, never between the halves of one character.</summary>
    private static List<string> Pieces(string word, TextStyle style, double width)
    {
        if (style.Width(word) <= width)
            return [word];
        var pieces = new List<string>();
        var piece = "";
        foreach (var character in word.EnumerateRunes())
        {
            if (piece.Length > 0 && style.Width(piece + character) > width)
            {
                pieces.Add(piece);
                piece = "";
            }
            piece += character;
        }
        pieces.Add(piece);
        return pieces;
    }
}
