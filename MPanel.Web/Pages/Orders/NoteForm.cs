using System.Globalization;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api;

namespace MPanel.Web.Pages.Orders;

/// <summary>The form for a note, as it was sent.</summary>
/// <param name="Key">Given out with the form: sent twice, it is one note.</param>
/// <param name="RefundAmount">As typed.</param>
public sealed record NoteForm(Guid Key, string? Text, string? RefundReference, string? RefundAmount)
{
    public static NoteForm Empty => new(Guid.NewGuid(), null, null, null);

    public IReadOnlyList<FieldError> Errors { get; private init; } = [];

    public NoteRequest Request => new(Text, Blank(RefundReference), Amount, Key);

    private decimal? Amount =>
        decimal.TryParse(Blank(RefundAmount), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    /// <summary>The same form with everything that is wrong in it.</summary>
    public NoteForm Checked(decimal total, string currency)
    {
        var errors = NoteRules.Check(Request, total, currency).ToList();
        if (Blank(RefundAmount) is not null && Amount is null)
        {
            errors.RemoveAll(e => e.Path == "refundAmount");
            errors.Add(new("refundAmount", "not_a_number", "A number such as 10.50."));
        }
        return this with { Key = Key == Guid.Empty ? Guid.NewGuid() : Key, Errors = errors };
    }

    public string? Error(string field) => Errors.FirstOrDefault(e => e.Path == field)?.Message;

    public string Invalid(string field) => Error(field) is null ? "" : "is-invalid";

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
