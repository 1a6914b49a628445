using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>
/// One face of a font: which glyph shows a character, how a run of text is shaped, and the face for the paper. Never changed after it was
/// opened, so all invoices share it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It is kept as long as the program runs.")]
internal sealed class FontFace
{
    /// <summary>What one em counts in positions of glyphs.</summary>
    public const float Em = 1 << 16;

    private readonly Font _font;
    private readonly Lazy<SKTypeface> _whole;

    private FontFace(Blob blob, int index, Func<SKTypeface?> whole, string name)
    {
        blob.MakeImmutable();
        var face = new Face(blob, index);
        face.MakeImmutable();
        _font = new Font(face);
        _font.SetScale((int)Em, (int)Em);
        _font.SetFunctionsOpenType();
        _whole = new(() => whole() ?? throw new InvalidOperationException($"The font {name} is no longer readable."));
        Outlines = index == 0 ? TrueTypeOutlines.Of(blob) : null;
    }

    /// <summary>
    /// What stands for a character that no font has. Not the font's own glyph for that, number 0: it is never given a text, so the character
    /// could not be copied.
    /// </summary>
    public (uint Glyph, float Advance)? Box =>
        Has(new Rune('□'), out var glyph) ? (glyph, _font.GetHorizontalGlyphAdvance(glyph) / Em) : null;

    /// <summary>Null where no subset can be made: the paper then gets what it needs from the whole font.</summary>
    public TrueTypeOutlines? Outlines { get; }

    /// <summary>All of the font; for where there is no subset.</summary>
    public SKTypeface Whole => _whole.Value;

    /// <returns>Null for what is no font.</returns>
    public static FontFace? Open(string path, int index = 0)
    {
        var blob = Blob.FromFile(path);
        return blob.FaceCount > index ? new FontFace(blob, index, () => SKTypeface.FromFile(path, index), path) : null;
    }

    /// <summary>One that is embedded in the program.</summary>
    public static FontFace Embedded(string name)
    {
        var assembly = typeof(FontFace).Assembly;
        using var stream =
            assembly.GetManifestResourceStream($"fonts/{name}")
            ?? throw new InvalidOperationException($"There is no font {name} in Invoices/Fonts.");
        // Pinned, and kept by the release of the blob: HarfBuzz reads from where it lies, and Blob.FromStream lets the array go.
        var file = GC.AllocateUninitializedArray<byte>((int)stream.Length, pinned: true);
        stream.ReadExactly(file);
        var blob = new Blob(Marshal.UnsafeAddrOfPinnedArrayElement(file, 0), file.Length, MemoryMode.ReadOnly, () => GC.KeepAlive(file));
        return new FontFace(blob, 0, () => SKTypeface.FromStream(assembly.GetManifestResourceStream($"fonts/{name}")), name);
    }

    public bool Has(Rune character, out uint glyph) => _font.TryGetNominalGlyph((uint)character.Value, out glyph);

    public bool Has(Rune character) => Has(character, out _);

    public void Shape(HarfBuzzSharp.Buffer text) => _font.Shape(text);
}
