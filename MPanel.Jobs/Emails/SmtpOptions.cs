using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using MPanel.Jobs.Text;
using MPanel.Settings;

namespace MPanel.Jobs.Emails;

/// <summary>Section <c>Smtp</c>: the mail server that takes what is sent.</summary>
public sealed record SmtpOptions : IValidatableObject
{
    public const string None = "none";
    public const string StartTls = "starttls";
    public const string Tls = "tls";

    /// <summary>Name or address. Without it nothing is sent.</summary>
    public string? Host { get; init; }

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    /// <summary><c>none</c>, <c>starttls</c> or <c>tls</c>. Its certificate is always checked.</summary>
    [AllowedValues(None, StartTls, Tls, ErrorMessage = "{0} must be none, starttls or tls.")]
    public string Security { get; init; } = StartTls;

    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>The address that messages come from.</summary>
    public string? From { get; init; }

    [StringLength(100)]
    public string? FromName { get; init; }

    /// <summary>Where answers go, if not to <see cref="From"/>.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>How long the mail server may take for one answer.</summary>
    [TimeRange("00:00:01", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Host) && EmailAddress.Normalize(From) is null)
            yield return new("Smtp:From must be the e-mail address that messages come from, since Smtp:Host is set.");
        if (!string.IsNullOrEmpty(ReplyTo) && EmailAddress.Normalize(ReplyTo) is null)
            yield return new("Smtp:ReplyTo is no e-mail address.");
        if (Security == None && !string.IsNullOrEmpty(UserName) && !IsLoopback)
            yield return new("Smtp:Security is none, so the password would cross the network in the clear. Set it to starttls or tls.");
        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(Password))
            yield return new("Smtp:UserName and Smtp:Password are set together, or neither is.");
    }

    private bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    // A record prints every property; the password is a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{nameof(Host)} = {Host}, {nameof(Port)} = {Port}, {nameof(Security)} = {Security}, {nameof(From)} = {From}");
        return true;
    }
}
