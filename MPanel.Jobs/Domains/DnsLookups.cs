using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DnsClient;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Domains;

/// <summary>What DNS said of a domain.</summary>
/// <param name="Answered">False: nobody answered, or not what can be used, so nothing is known.</param>
/// <param name="Challenges">Texts at the challenge's name.</param>
/// <param name="Addresses">Of the domain and its www name.</param>
public sealed record DnsFindings(
    bool Answered,
    IReadOnlyList<string> Challenges,
    IReadOnlyList<IPAddress> Addresses,
    IReadOnlyList<string> Nameservers
);

/// <summary>Asks DNS; every question is bounded in time. What it says is somebody else's text.</summary>
public sealed partial class DnsLookups(IOptions<DnsOptions> options)
{
    public const string ChallengeLabel = "_mpanel-challenge";
    private const int Most = 20;

    private readonly LookupClient _client = new(Settings(options.Value));

    /// <param name="domain">ASCII.</param>
    public async Task<DnsFindings> Of(string domain, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
            Ask($"{ChallengeLabel}.{domain}", QueryType.TXT, cancellationToken),
            Ask(domain, QueryType.A, cancellationToken),
            Ask(domain, QueryType.AAAA, cancellationToken),
            Ask($"www.{domain}", QueryType.A, cancellationToken),
            Ask($"www.{domain}", QueryType.AAAA, cancellationToken),
            Ask(domain, QueryType.NS, cancellationToken)
        );
        var all = answers.OfType<IDnsQueryResponse>().SelectMany(a => a.Answers).ToList();
        return new DnsFindings(
            answers.All(a => a is not null),
            [.. all.TxtRecords().Take(Most).Select(t => string.Concat(t.Text))],
            [.. all.AddressRecords().Take(Most).Select(a => a.Address).Distinct()],
            [
                .. all.NsRecords()
                    .Select(n => n.NSDName.Value.TrimEnd('.').ToLowerInvariant())
                    .Where(n => Host().IsMatch(n))
                    .Distinct()
                    .Order()
                    .Take(Most),
            ]
        );
    }

    /// <returns>Null when it was not answered. That there is no such name is an answer.</returns>
    private async Task<IDnsQueryResponse?> Ask(string name, QueryType type, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.QueryAsync(name, type, QueryClass.IN, cancellationToken);
            return answer.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain ? answer : null;
        }
        catch (Exception e)
            when (e is DnsResponseException or SocketException or InvalidOperationException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    private static LookupClientOptions Settings(DnsOptions options)
    {
        var settings = options.Endpoint is { } endpoint ? new LookupClientOptions(endpoint) : new LookupClientOptions();
        settings.Timeout = options.Timeout;
        settings.Retries = 1;
        settings.UseCache = false;
        settings.ThrowDnsErrors = false;
        return settings;
    }

    [GeneratedRegex(@"\A[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?\z")]
    private static partial Regex Host();
}
