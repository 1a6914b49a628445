using System.Net;
using System.Net.Sockets;

namespace MPanel.Web.Platform.Http;

/// <summary>Where requests come from, as far as they are counted.</summary>
public static class ClientNetwork
{
    /// <summary>The IPv4 address, or the /64 of an IPv6 one: whoever has one address there has the 2^64 beside it.</summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Of(HttpContext)"/>
    public static string Of(IPAddress? address) =>
        address switch
        {
            null => "unknown",
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } =>
                $"{new IPAddress([.. address.GetAddressBytes().Take(8), .. new byte[8]])}/64",
            _ => address.ToString(),
        };
}
