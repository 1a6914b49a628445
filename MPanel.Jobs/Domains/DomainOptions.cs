using System.ComponentModel.DataAnnotations;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Domains;

/// <summary>Section <c>Domains</c>.</summary>
public sealed record DomainOptions : IValidatableObject
{
    /// <summary>The Public Suffix List: Debian's, from its package publicsuffix, or a newer one. Read at start.</summary>
    [Required]
    public string PublicSuffixList { get; init; } = "/usr/share/publicsuffix/public_suffix_list.dat";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? wrong = null;
        try
        {
            PublicSuffixes.Load(PublicSuffixList);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            wrong = e.Message;
        }
        if (wrong is not null)
            yield return new ValidationResult(
                $"Domains:PublicSuffixList can't be read ({wrong}). Install Debian's package publicsuffix, or name a file from https://publicsuffix.org/list/."
            );
    }
}
