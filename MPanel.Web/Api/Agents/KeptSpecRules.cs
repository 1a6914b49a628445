using System.Text.Json;
using System.Text.RegularExpressions;
using MPanel.Jobs.Outcomes;
using MPanel.NodeAgent.Contract;

namespace MPanel.Web.Api.Agents;

/// <summary>What an agent may say that its node keeps. Only its shape is judged here: whether a website may have it, whoever takes it asks.</summary>
public static partial class KeptSpecRules
{
    private const int MostErrors = 20;
    private const int MostNames = 200;
    private const int MostOthers = 100;

    // As much as the names and redirects that a website may have.
    private const int Longest = 200_000;

    public static List<FieldError> Check(KeptSpecsRequest request)
    {
        if (request.Items.Length > KeptSpecsRequest.MostItems)
            return [new FieldError("items", "too_many", $"Must be at most {KeptSpecsRequest.MostItems}.")];
        return [.. request.Items.SelectMany(Check).Take(MostErrors)];
    }

    private static IEnumerable<FieldError> Check(KeptItem? item, int i)
    {
        if (item?.Spec is not { } spec)
            yield return new FieldError($"items[{i}]", "required", "Must have a specification.");
        else if (!Sha256().IsMatch(item.Hash ?? ""))
            yield return new FieldError($"items[{i}].hash", "malformed", "Must be 64 lower-case hexadecimal digits.");
        else if (!IsWhole(spec) || !IsStorable(spec))
            yield return new FieldError($"items[{i}].spec", "malformed", "Must be a website's specification, as a node keeps it.");
    }

    // Bodies may leave out what the contract has.
    private static bool IsWhole(HostingSpec spec) =>
        spec is { WebsiteId: > 0, Revision: > 0, State: not null, Serve: not null, Limits: not null, Tls.Mode: not null }
        && spec.Names is { Length: > 0 and <= MostNames } names
        && names.All(n => n is { Name: not null, Role: not null })
        && names.Count(n => n.Role == SiteNameRole.Primary) == 1
        && spec.Sftp is { Length: <= MostOthers } keys
        && keys.All(k => k?.Key is not null)
        && spec.Cron is { Length: <= MostOthers } cron
        && cron.All(c => c is { Schedule: not null, Command: not null })
        && (spec.Php is null or { Version: not null, Ini: { Count: <= MostOthers } });

    // The database takes no NUL.
    private static bool IsStorable(HostingSpec spec)
    {
        var text = JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);
        return text.Length <= Longest && !text.Contains("\\u0000", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Sha256();
}
