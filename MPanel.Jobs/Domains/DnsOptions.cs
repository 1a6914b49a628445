using System.ComponentModel.DataAnnotations;
using System.Net;
using MPanel.Settings;

namespace MPanel.Jobs.Domains;

/// <summary>Section <c>Dns</c>.</summary>
public sealed record DnsOptions : IValidatableObject
{
    /// <summary>Who is asked: an IP address, with a port if it isn't 53. Empty: whom the system asks.</summary>
    public string Resolver { get; init; } = "";

    /// <summary>How long one question may take; it is asked twice at most.</summary>
    [TimeRange("00:00:00.100", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Null for the system's.</summary>
    public IPEndPoint? Endpoint =>
        Resolver.Length == 0 ? null
        : IPAddress.TryParse(Resolver, out var address) ? new IPEndPoint(address, 53)
        : IPEndPoint.TryParse(Resolver, out var endpoint) ? endpoint
        : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Resolver.Length > 0 && Endpoint is null)
            yield return new ValidationResult("Dns:Resolver must be an IP address, with or without a port, or empty.");
    }
}
