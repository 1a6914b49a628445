using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Taxes;
using MPanel.Jobs.Websites;
using MPanel.NodeAgent;
using MPanel.Web;
using MPanel.Web.Platform.Http;
using MPanel.Web.Platform.Observability;
using MPanel.Web.Platform.Security;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>The tables of docs/settings.md name every setting with the default it has.</summary>
public sealed partial class SettingsTests
{
    private static readonly Dictionary<string, string> Documented = Rows(SourceTree.Read("docs/settings.md"));

    public static TheoryData<string, Type> Sections =>
        new()
        {
            { "Http", typeof(HttpOptions) },
            { "Access", typeof(AccessOptions) },
            { "Stripe", typeof(StripeOptions) },
            { "Orders", typeof(OrderOptions) },
            { "Dns", typeof(DnsOptions) },
            { "Domains", typeof(DomainOptions) },
            { "Billing", typeof(BillingOptions) },
            { "Tax", typeof(TaxOptions) },
            { "Invoices__Seller", typeof(SellerOptions) },
            { "Emails", typeof(EmailOptions) },
            { "Smtp", typeof(SmtpOptions) },
            { "Jobs", typeof(JobOptions) },
            { "Provisioning", typeof(ProvisioningOptions) },
            { "Websites", typeof(WebsiteOptions) },
            { "Telemetry", typeof(TelemetryOptions) },
            { "Agent", typeof(AgentOptions) },
        };

    [Theory]
    [MemberData(nameof(Sections))]
    public void Document_NamesEverySettingWithItsDefault(string section, Type options) =>
        Assert.Equal(
            Settings(section, options),
            Documented.Where(row => row.Key.StartsWith(section + "__", StringComparison.Ordinal)).OrderBy(r => r.Key)
        );

    [Fact]
    public void Sections_HoldEveryOptionsRecord()
    {
        var options = SourceTree
            .Projects.SelectMany(p => SourceTree.Files(p, "*Options.cs"))
            .Select(f => Path.GetFileNameWithoutExtension(f.Path));

        Assert.Equal(Sections.Select(row => row.Data.Item2.Name).Order(), options.Order());
    }

    [Fact]
    public void Rows_OfATable_GiveNameAndDefault()
    {
        const string table = """
            | Setting | Default | Meaning |
            |---|---|---|
            | `A__B` | `5` | five |
            | `A__C` | none | nothing |
            """;

        Assert.Equal(new Dictionary<string, string> { ["A__B"] = "5", ["A__C"] = "none" }, Rows(table));
    }

    private static Dictionary<string, string> Rows(string markdown) =>
        Row().Matches(markdown).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value.Trim('`'));

    private static IEnumerable<KeyValuePair<string, string>> Settings(string section, Type options)
    {
        var defaults = Activator.CreateInstance(options);
        return options
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => KeyValuePair.Create($"{section}__{property.Name}", Text(property.GetValue(defaults))))
            .OrderBy(setting => setting.Key);
    }

    private static string Text(object? value) =>
        value switch
        {
            null or "" => "none",
            true => "true",
            false => "false",
            string or TimeSpan or int or long => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            // Lists, and settings below settings: what they hold is told beside them.
            _ => "none",
        };

    [GeneratedRegex(@"^\| `(\w+)` \| (none|`[^`]*`) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
