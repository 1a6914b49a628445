using MPanel.Database.Emails;

namespace MPanel.Jobs.Emails;

/// <summary>What a template is written as: Liquid, each part by itself.</summary>
public sealed record TemplateSource(string Subject, string Text, string Html);

/// <summary>A kind of message.</summary>
/// <param name="Code">One of <see cref="EmailTemplateCode"/>.</param>
/// <param name="Title">For people.</param>
/// <param name="Sample">JSON object of the facts that its messages have, for a preview.</param>
public sealed record EmailTemplate(string Code, string Title, string Sample)
{
    /// <summary>Nobody knows whether the mail server took it: it is not sent again. Everything else is, with the same Message-ID.</summary>
    public bool AtMostOnce { get; init; }

    /// <summary>The invoice that it is about goes along as a PDF.</summary>
    public bool AttachesInvoice { get; init; }

    /// <summary>It has a link that lets its reader in.</summary>
    public bool HasSecretLink { get; init; }

    /// <summary>Later than that it says nothing worth knowing.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(3);
}

/// <summary>All kinds of messages: the one list of them.</summary>
public static class EmailTemplates
{
    public static readonly IReadOnlyList<EmailTemplate> All =
    [
        new(
            EmailTemplateCode.OrderReceived,
            "Order received",
            """
            { "reference": "ORD-1042", "domain": "example.net", "total": 34.87, "currency": "USD", "items": [
              { "description": "Starter hosting", "quantity": 1, "amount": 29.88 },
              { "description": "Daily backups, 30 days", "quantity": 1, "amount": 4.99 } ] }
            """
        )
        {
            AtMostOnce = true,
        },
        new(EmailTemplateCode.SiteReady, "Website ready", """{ "domain": "example.net" }""") { AtMostOnce = true },
        new(
            EmailTemplateCode.Invoice,
            "Invoice to be paid",
            """
            { "number": "INV-2026-000042", "total": 34.87, "rest": 34.87, "currency": "USD", "issued_on": "2026-11-30", "due_on": "2026-12-14",
              "reference": "ORD-1042" }
            """
        )
        {
            AttachesInvoice = true,
        },
        new(
            EmailTemplateCode.Receipt,
            "Receipt",
            """
            { "number": "INV-2026-000042", "total": 34.87, "rest": 0, "currency": "USD", "issued_on": "2026-11-30", "due_on": "2026-11-30",
              "reference": "ORD-1042" }
            """
        )
        {
            AttachesInvoice = true,
        },
        new(
            EmailTemplateCode.Refund,
            "Refund",
            """
            { "amount": 4.99, "currency": "USD", "reason": "Backups were not wanted",
              "invoices": [ { "number": "INV-2026-000042", "credit_note": "CN-2026-000007" } ] }
            """
        ),
        new(
            EmailTemplateCode.Invitation,
            "Invitation to the panel",
            """{ "invited_by": "admin@example.com", "email": "new@example.com" }"""
        )
        {
            HasSecretLink = true,
        },
        new(EmailTemplateCode.PasswordReset, "Forgotten password", """{ "email": "admin@example.com" }""")
        {
            HasSecretLink = true,
            Lifetime = TimeSpan.FromMinutes(55),
        },
        new(
            EmailTemplateCode.StaffAlert,
            "Alert to the staff",
            """
            { "count": 2, "more": 0, "attention_link": "https://panel.example.com/attention", "alerts": [
              { "title": "Order ORD-1042 is stopped", "reason": "The catalogue has another price.", "link": "https://panel.example.com/orders/ORD-1042" },
              { "title": "Server srv1 is offline", "reason": "Its agent has stopped reporting.", "link": "https://panel.example.com/servers/1" } ] }
            """
        )
        {
            Lifetime = TimeSpan.FromDays(1),
        },
    ];

    /// <summary>Null for a code that is none of them.</summary>
    public static EmailTemplate? Find(string? code) => All.FirstOrDefault(t => t.Code == code);
}
