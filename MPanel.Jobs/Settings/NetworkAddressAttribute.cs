using System.ComponentModel.DataAnnotations;
using System.Net;

namespace MPanel.Settings;

/// <summary>An IPv4 or IPv6 address, or a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NetworkAddressAttribute() : ValidationAttribute("{0} must be an IP address, such as 127.0.0.1.")
{
    public override bool IsValid(object? value) =>
        value switch
        {
            string address => IPAddress.TryParse(address, out _),
            IEnumerable<string> addresses => addresses.All(address => IPAddress.TryParse(address, out _)),
            _ => value is null,
        };
}
