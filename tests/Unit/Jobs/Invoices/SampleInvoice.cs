using MPanel.Database.Invoices;

namespace MPanel.Tests.Unit.Jobs.Invoices;

internal static class SampleInvoice
{
    public static readonly DateTimeOffset Issued = DateTimeOffset.Parse("2026-11-22T10:00:00Z", null);

    public static InvoiceDetail Of(string name, string currency = "USD", string country = "DE") =>
        new(1, "INV-2026-000001", InvoiceState.Paid, currency, 1234.56m, "ORD-1001", Issued)
        {
            Terms = new InvoiceTerms("checkout", new DateOnly(2026, 11, 22), new DateOnly(2026, 11, 22), 0, 1, null),
            Sums = new InvoiceSums(1234.56m, 0, 1234.56m, 0, 0),
            Buyer = new InvoiceBuyer(1, name, "client@example.com", null, "DE123456789", "Lange Straße 1\n10115 Berlin", country),
            Seller = new FrozenSeller(
                "Example Hosting Ltd",
                "1 Example Street\nLondon EC1A 1AA\nUnited Kingdom",
                "GB123456789",
                "billing@example.com",
                "Registered in England, no. 01234567\nDirector: Jane Doe"
            ),
            Payment = new InvoicePayment(Issued, "pi_1", "ch_1", "succeeded", Livemode: false, "Online payment through Stripe, pi_1"),
        };

    public static IReadOnlyList<InvoiceLine> Lines(int count) =>
        [.. Enumerable.Range(1, count).Select(i => Line($"Starter hosting {i}", i, i, 29.88m))];

    public static InvoiceLine Line(string description, int position = 1, int quantity = 1, decimal price = 29.88m) =>
        new(position, description, quantity, price, quantity * price, "site.example", Issued, Issued.AddYears(1));
}
