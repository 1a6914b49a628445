using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using MPanel.Database.Lists;

namespace MPanel.Web.Platform.Lists;

/// <summary>A whole list as a CSV file, read and written slice by slice, so that a million rows need no more memory than a page.</summary>
public static partial class CsvFile
{
    private const int Rows = 1000;

    private static readonly CsvWriterOptions Format = CsvWriterOptions.Default with
    {
        NewLine = "\r\n",
        // A customer named =cmd() must not become a formula in somebody's spreadsheet.
        Injection = CsvInjection.Escape,
        ShouldQuote = (field, _, _, _) =>
        {
            // What other countries' spreadsheets separate by.
            foreach (var c in field)
                if (c is ';' or '\t' or '|')
                    return true;
            return false;
        },
        // Without it a spreadsheet takes the file for its own code page.
        WriteByteOrderMark = true,
    };

    /// <param name="read">Reads a slice of the list.</param>
    public static async Task Write<T>(
        HttpResponse response,
        string name,
        ListQuery query,
        Func<SliceRequest, Task<Slice<T>>> read,
        IReadOnlyList<ListColumn<T>> columns
    )
    {
        // Nobody needs the rest of a file whose reader went away.
        var gone = response.HttpContext.RequestAborted;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        await using var csv = CsvWriter.Create(response.Body, Format, leaveOpen: true);
        await csv.WriteRecordAsync([.. columns.Select(c => c.Head)], gone);
        SliceEdge? edge = null;
        do
        {
            gone.ThrowIfCancellationRequested();
            var slice = await read(new SliceRequest(query.Sort, query.Descending, edge, Rows));
            foreach (var row in slice.Rows)
                await csv.WriteRecordAsync([.. columns.Select(c => Text(c.Value(row, response.HttpContext)))], gone);
            await csv.FlushAsync(gone);
            edge = slice.Next;
        } while (edge is not null);
    }

    /// <summary>
    /// Spreadsheets take the full-width forms of = + - @ for the plain ones, and the writer does not know that. One that separates by
    /// semicolons, tabs or bars doesn't see where our cells begin, nor that a line break is within one: there, a formula must not begin in the middle of a cell either.
    /// </summary>
    private static string? Text(object? value) =>
        value switch
        {
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            string text => Inner().Replace(First(text), "$1'$2"),
            _ => value?.ToString(),
        };

    private static string First(string text) => text is ['\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] ? $"'{text}" : text;

    [GeneratedRegex("([;\t|\r\n][\\s\"']*)([=+\\-@\uFF1D\uFF0B\uFF0D\uFF20])")]
    private static partial Regex Inner();
}
