using System.ComponentModel.DataAnnotations;

namespace MPanel.Jobs.Emails;

/// <summary>Section <c>Emails</c>.</summary>
public sealed record EmailOptions
{
    /// <summary>Whether e-mail is sent. It also takes a mail server (section <c>Smtp</c>) and the address of the pages (<c>Http:PublicUrl</c>).</summary>
    public bool Enabled { get; init; }

    /// <summary>In Development, without a mail server: where messages are put instead of being sent.</summary>
    public string? Directory { get; init; }

    /// <summary>Days after which e-mails are forgotten, texts included.</summary>
    [Range(30, 3650)]
    public int KeepDays { get; init; } = 365;
}
