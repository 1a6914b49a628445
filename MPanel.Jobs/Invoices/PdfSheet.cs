using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>A4 paper that text is written on from the top down, with a new page where one is full. Lengths in points.</summary>
internal sealed class PdfSheet
{
    public const float Left = 50;
    public const float Right = 545;
    private const float Top = 56;
    private const float Footer = 800;

    public static readonly TextStyle Body = new(Bold: false, 9);
    public static readonly TextStyle Bold = new(Bold: true, 9);
    public static readonly TextStyle Small = new(Bold: false, 7.5f);
    public static readonly TextStyle Title = new(Bold: true, 18);

    private readonly List<PaperPage> _pages = [];
    private readonly TextShaper _shaper;
    private readonly List<string> _foot;
    private readonly SortedSet<int> _missing = [];

    /// <param name="foot">Stands at the foot of every page.</param>
    public PdfSheet(TextShaper shaper, string? foot)
    {
        _shaper = shaper;
        _foot = foot is null ? [] : Wrap(foot, Small, Right - Left);
        Bottom = Footer - 20 - _foot.Count * Small.LineHeight;
        NewPage();
    }

    /// <summary>Where the next line begins.</summary>
    public float Y { get; set; }

    /// <summary>Where a page is full.</summary>
    public float Bottom { get; }

    /// <summary>Characters that no font has, of all that was written.</summary>
    public IReadOnlyCollection<int> Missing => _missing;

    public void NewPage()
    {
        _pages.Add(new PaperPage());
        Y = Top;
    }

    /// <returns>Whether a page was begun because there was no room for so much.</returns>
    public bool NewPageUnless(float height)
    {
        if (Y + height <= Bottom)
            return false;
        NewPage();
        return true;
    }

    /// <param name="y">Top of the line.</param>
    public void Write(string text, TextStyle style, float x, float y, bool endsAtX = false) =>
        Write(_pages[^1], text, style, x, y, endsAtX);

    public void Rule() => _pages[^1].Rules.Add(Y);

    /// <summary>At the top left of the page, no bigger than given.</summary>
    /// <returns>How high it is.</returns>
    public float Draw(SKImage image, float width, float height)
    {
        var scale = Math.Min(width / image.Width, height / image.Height);
        var place = SKRect.Create(Left, Y, image.Width * scale, image.Height * scale);
        _pages[^1].Images.Add(new PaperImage(image, place));
        return place.Height;
    }

    public List<string> Wrap(string text, TextStyle style, float width) => _shaper.Wrap(text, style, width);

    /// <summary>The finished document, with <paramref name="title"/> and the page's number below every page.</summary>
    public byte[] Finish(string title, DateTimeOffset created)
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            for (var line = 0; line < _foot.Count; line++)
                Write(_pages[i], _foot[line], Small, Left, Footer - (_foot.Count - line) * Small.LineHeight - 4, endsAtX: false);
            Write(_pages[i], title, Small, Left, Footer, endsAtX: false);
            Write(_pages[i], $"Page {i + 1} of {_pages.Count}", Small, Right, Footer, endsAtX: true);
        }
        return PdfPaper.Print(_pages, title, created);
    }

    private void Write(PaperPage page, string text, TextStyle style, float x, float y, bool endsAtX)
    {
        var shaped = _shaper.Shape(text, style.Bold);
        _missing.UnionWith(shaped.Missing.Select(r => r.Value));
        page.Texts.Add(new PaperText(shaped, style, endsAtX ? x - shaped.Ems * style.Size : x, y + style.Size));
    }
}
