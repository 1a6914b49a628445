namespace MPanel.Database.Emails;

/// <summary>What the panel has to say by e-mail.</summary>
public static class EmailTemplateCode
{
    /// <summary>To the customer: the order is in the books.</summary>
    public const string OrderReceived = "order_received";

    /// <summary>To the customer: the website stands.</summary>
    public const string SiteReady = "site_ready";

    /// <summary>To the customer: an invoice that is to be paid.</summary>
    public const string Invoice = "invoice";

    /// <summary>To the customer: an invoice that is paid.</summary>
    public const string Receipt = "receipt";

    /// <summary>To the customer: money went back.</summary>
    public const string Refund = "refund";

    /// <summary>To somebody who is to join the staff.</summary>
    public const string Invitation = "invitation";

    /// <summary>To somebody of the staff who forgot their password.</summary>
    public const string PasswordReset = "password_reset";

    /// <summary>To the staff: what has come to need a person.</summary>
    public const string StaffAlert = "staff_alert";

    public static readonly IReadOnlyList<string> All =
    [
        OrderReceived,
        SiteReady,
        Invoice,
        Receipt,
        Refund,
        Invitation,
        PasswordReset,
        StaffAlert,
    ];
}
