using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Jobs.Invoices;

/// <summary>What a reader's program finds in a PDF: poppler's pdftotext.</summary>
internal static partial class PaperText
{
    /// <summary>A word and where it stands, in points from the top left.</summary>
    internal sealed record Word(string Text, double Left, double Right, double Top);

    /// <summary>Line by line, without the marks of direction that pdftotext adds.</summary>
    public static string Of(byte[] pdf, params string[] options) => DirectionMarks().Replace(Run(pdf, ["-layout", .. options]), "");

    /// <summary>What is copied of one page.</summary>
    public static string Page(byte[] pdf, int page) => Of(pdf, "-f", $"{page}", "-l", $"{page}");

    public static IReadOnlyList<Word> Words(byte[] pdf) =>
        [
            .. BoxedWord()
                .Matches(Run(pdf, ["-bbox"]))
                .Select(m => new Word(System.Net.WebUtility.HtmlDecode(m.Groups[4].Value), Number(m, 1), Number(m, 3), Number(m, 2))),
        ];

    public static int Pages(byte[] pdf) => Run(pdf, ["-bbox"]).Split("<page ").Length - 1;

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static string Run(byte[] pdf, string[] options)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, pdf);
            using var reader = Process.Start(
                new ProcessStartInfo("pdftotext", [.. options, "-enc", "UTF-8", file, "-"]) { RedirectStandardOutput = true }
            )!;
            var text = reader.StandardOutput.ReadToEnd();
            reader.WaitForExit();
            Assert.Equal(0, reader.ExitCode);
            return text;
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("[\u200e\u200f\u202a-\u202e]")]
    private static partial Regex DirectionMarks();

    [GeneratedRegex("""<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</word>""")]
    private static partial Regex BoxedWord();
}
