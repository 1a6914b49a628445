using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Emails;

/// <summary>Whether this process sends e-mail: only where everything that takes is set, and it is switched on.</summary>
public sealed class MailSwitch(
    IOptions<EmailOptions> emails,
    IOptions<SmtpOptions> smtp,
    PublicLinks links,
    IWebHostEnvironment environment
)
{
    /// <summary>Messages are put into a directory, and leave the machine by no way.</summary>
    public bool ToDirectory { get; } =
        environment.IsDevelopment() && string.IsNullOrEmpty(smtp.Value.Host) && !string.IsNullOrEmpty(emails.Value.Directory);

    public bool Sends => ToDirectory || Missing.Count == 0;

    /// <summary>The settings that are missing; none where e-mail is sent.</summary>
    public IReadOnlyList<string> Missing =>
        ToDirectory
            ? []
            :
            [
                .. string.IsNullOrEmpty(smtp.Value.Host) ? ["Smtp__Host"] : Array.Empty<string>(),
                .. emails.Value.Enabled ? Array.Empty<string>() : ["Emails__Enabled"],
                .. links.Known ? Array.Empty<string>() : ["Http__PublicUrl"],
            ];
}
