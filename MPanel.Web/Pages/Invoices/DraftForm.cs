using System.Globalization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Text;

namespace MPanel.Web.Pages.Invoices;

/// <summary>A draft as its form sends it: as it was typed, so that what is wrong still stands there.</summary>
public sealed record DraftForm
{
    private const int EmptyRows = 3;

    public string? Currency { get; init; }
    public string? DueDays { get; init; }
    public string? Note { get; init; }
    public List<DraftLineForm> Lines { get; init; } = [];

    public DraftInput Input => new(Currency, DueDays is null ? null : Whole(DueDays), Note, [.. Lines.Select(l => l.Input)]);

    /// <summary>Without rows that nothing stands in.</summary>
    public DraftForm Filled() => this with { Lines = [.. Lines.Where(l => !l.IsEmpty)] };

    /// <summary>With empty rows to write into.</summary>
    public DraftForm WithRoom() =>
        this with
        {
            Lines = [.. Lines.Concat(Enumerable.Repeat(new DraftLineForm(), EmptyRows)).Take(InvoiceRules.MostLines)],
        };

    public static DraftForm Of(InvoiceDetail draft, IEnumerable<InvoiceLine> lines) =>
        new()
        {
            Currency = draft.Currency,
            DueDays = draft.Terms.DueDays.ToString(CultureInfo.InvariantCulture),
            Note = draft.Terms.Note,
            Lines = [.. lines.Select(l => DraftLineForm.Of(l, draft.Currency))],
        };

    internal static int Whole(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

/// <summary>Days as 2026-11-30.</summary>
public sealed record DraftLineForm
{
    public string? Description { get; init; }
    public string? Quantity { get; init; }
    public string? UnitPrice { get; init; }
    public string? CoversFrom { get; init; }
    public string? CoversTo { get; init; }

    public bool IsEmpty => new[] { Description, Quantity, UnitPrice, CoversFrom, CoversTo }.All(string.IsNullOrWhiteSpace);

    /// <summary>A quantity that is left out is one.</summary>
    public InvoiceLineInput Input =>
        new(
            Description,
            string.IsNullOrWhiteSpace(Quantity) ? 1 : DraftForm.Whole(Quantity),
            decimal.TryParse(UnitPrice?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? price : -1,
            Day(CoversFrom),
            Day(CoversTo)
        );

    public static DraftLineForm Of(InvoiceLine line, string currency) =>
        new()
        {
            Description = line.Description,
            Quantity = line.Quantity.ToString(CultureInfo.InvariantCulture),
            UnitPrice = Money.Plain(line.UnitPrice, currency),
            CoversFrom = line.PeriodStart?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            CoversTo = line.PeriodEnd?.UtcDateTime.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

    /// <summary>What is no day is none that an invoice may cover: the rules say so.</summary>
    private static DateOnly? Day(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : DateOnly.MinValue;
}
