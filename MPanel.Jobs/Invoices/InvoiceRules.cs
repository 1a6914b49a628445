using System.Text.Json.Serialization;
using MPanel.Database.Invoices;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>A line of a draft as it is written; nothing of it is believed yet.</summary>
/// <param name="UnitPrice">Major units, no finer than the currency goes.</param>
/// <param name="CoversFrom">First day that it is for.</param>
/// <param name="CoversTo">Last day that it is for.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InvoiceLineInput(
    string? Description = null,
    int? Quantity = null,
    decimal? UnitPrice = null,
    DateOnly? CoversFrom = null,
    DateOnly? CoversTo = null
);

/// <summary>A draft as it is written, by a form or by the API; nothing of it is believed yet.</summary>
/// <param name="Currency">Three letters; null for the panel's own.</param>
/// <param name="DueDays">Due so many days after it is issued; null for what the settings say.</param>
/// <param name="Note">Printed below the sums.</param>
public sealed record DraftInput(string? Currency, int? DueDays, string? Note, IReadOnlyList<InvoiceLineInput?>? Lines);

/// <summary>What a person's invoice must look like, and what they say when they change one.</summary>
public static class InvoiceRules
{
    public const int MostDueDays = 365;
    public const int MostLines = 100;
    public const int LongestDescription = 200;
    public const int LongestNote = 500;
    public const int LongestReason = 500;
    private const int LongestReference = 100;
    private const int MostOfOneLine = 1_000_000;

    /// <summary>The most that an invoice comes to: far below what a money column holds, so that no sum of it overflows.</summary>
    private const decimal Largest = 99_999_999m;

    private static readonly DateOnly FirstDay = new(2000, 1, 1);
    private static readonly DateOnly LastDay = new(2199, 12, 31);

    public static readonly IReadOnlyList<string> Methods = ["bank_transfer", "other"];

    public static Checked<DraftFields> Check(DraftInput input, string currency, int dueDays)
    {
        var faults = new List<FieldError>();
        var code = string.IsNullOrWhiteSpace(input.Currency) ? currency : CurrencyExponents.Normalize(input.Currency.Trim());
        if (code is null)
            faults.Add(new("currency", "invalid_currency", "Must be three letters, such as USD."));
        var days = input.DueDays ?? dueDays;
        if (days is < 0 or > MostDueDays)
            faults.Add(new("dueDays", "invalid_due_days", $"Must be 0 to {MostDueDays}."));
        var note = Text(input.Note, LongestNote);
        if (note is null)
            faults.Add(new("note", "invalid_note", $"Must be at most {LongestNote} visible characters on one line."));
        var written = input.Lines ?? [];
        if (written.Count is 0 or > MostLines)
            faults.Add(new("lines", "invalid_lines", $"Must be 1 to {MostLines} lines."));
        var lines = written.Take(MostLines).Select((line, i) => Line(line ?? new(), $"lines[{i}]", code ?? currency, faults)).ToList();
        if (faults.Count == 0 && lines.Sum(l => l.Quantity * l.UnitPrice) is var total and (<= 0 or > Largest))
            faults.Add(
                new(
                    "lines",
                    "invalid_total",
                    total <= 0 ? "The lines must come to more than nothing." : $"Must come to at most {Largest:0}."
                )
            );
        return new(faults.Count > 0 ? null : new DraftFields(code!, days, note is "" ? null : note, lines), faults);
    }

    /// <returns>As it is kept; null when it is empty, too long, or has what can't be seen.</returns>
    public static string? Reason(string? typed) => Text(typed, LongestReason) is { Length: > 0 } reason ? reason : null;

    public static readonly Refusal BadReason = Refusal.Invalid(
        "reason",
        "malformed",
        $"Must be 1 to {LongestReason} visible characters on one line."
    );

    /// <returns>What is wrong with an amount of money; null when nothing is.</returns>
    public static FieldError? Amount(decimal? amount, string currency, string path = "amount") =>
        amount is not > 0 || amount > Largest || CurrencyExponents.ToMinor(amount.Value, currency) is null
            ? new(path, "malformed", $"Must be above zero, with the decimals of {currency}.")
            : null;

    /// <param name="today">UTC.</param>
    public static Checked<HandPayment> Payment(
        string? method,
        string? reference,
        decimal? amount,
        DateOnly? received,
        string currency,
        DateOnly today
    )
    {
        var faults = new List<FieldError>();
        if (method is null || !Methods.Contains(method))
            faults.Add(new("method", "invalid_method", $"Must be one of {string.Join(", ", Methods)}."));
        var name = Text(reference, LongestReference);
        if (string.IsNullOrEmpty(name))
            faults.Add(
                new(
                    "reference",
                    "invalid_reference",
                    $"Must be 1 to {LongestReference} visible characters: what names the payment at the bank."
                )
            );
        if (Amount(amount, currency) is { } fault)
            faults.Add(fault);
        // Where the day begins first it is tomorrow already.
        var day = received ?? today;
        if (day < FirstDay || day > today.AddDays(1))
            faults.Add(new("receivedOn", "invalid_day", "Must be a day that has come, and not before 2000."));
        return new(faults.Count > 0 ? null : new HandPayment(method!, name!, amount!.Value, Start(day)), faults);
    }

    private static DraftLine Line(InvoiceLineInput line, string path, string currency, List<FieldError> faults)
    {
        var description = Text(line.Description, LongestDescription);
        if (string.IsNullOrEmpty(description))
            faults.Add(new($"{path}.description", "invalid_description", $"Must be 1 to {LongestDescription} visible characters."));
        if (line.Quantity is null or < 1 or > MostOfOneLine)
            faults.Add(new($"{path}.quantity", "invalid_quantity", $"Must be a whole number, 1 to {MostOfOneLine}."));
        if (line.UnitPrice is null or < 0 or > Largest || CurrencyExponents.ToMinor(line.UnitPrice.Value, currency) is null)
            faults.Add(new($"{path}.unitPrice", "invalid_price", $"Must be zero or more, with the decimals of {currency}."));
        var (from, to) = (line.CoversFrom, line.CoversTo);
        if (from is null != to is null || from > to || from < FirstDay || to > LastDay)
            faults.Add(new($"{path}.coversTo", "invalid_period", "Must be two days, the first not after the last, or none."));
        return faults.Count > 0
            ? new("", 0, 0, null, null)
            : new(
                description!,
                line.Quantity!.Value,
                line.UnitPrice!.Value,
                from is { } first ? Start(first) : null,
                to is { } last ? Start(last.AddDays(1)) : null
            );
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>As it is kept; empty where there is none, null where it is too long or has what can't be seen.</summary>
    private static string? Text(string? typed, int longest) =>
        typed is null ? ""
        : typed.Length > 4 * longest ? null
        : PlainText.Clean(typed) is { } text && text.Length <= longest ? text
        : null;
}
