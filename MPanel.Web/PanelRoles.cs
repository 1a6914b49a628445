namespace MPanel.Web;

/// <summary>What this process does: <c>web</c> answers requests, <c>jobs</c> runs background work. Setting <c>Roles</c>, default both.</summary>
public sealed record PanelRoles(bool Web, bool Jobs)
{
    public IEnumerable<string> Names => [.. Web ? ["web"] : Array.Empty<string>(), .. Jobs ? ["jobs"] : Array.Empty<string>()];

    public static PanelRoles Parse(string? setting)
    {
        var names = (setting ?? "web,jobs").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = names.Except(["web", "jobs"], StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0 || names.Length == 0)
            throw new InvalidSettingException($"Roles is '{setting}', but only 'web', 'jobs' or 'web,jobs' are known.");
        return new PanelRoles(
            names.Contains("web", StringComparer.OrdinalIgnoreCase),
            names.Contains("jobs", StringComparer.OrdinalIgnoreCase)
        );
    }
}

/// <summary>A setting is missing or wrong; the message is one sentence for the person who starts the program.</summary>
public sealed class InvalidSettingException(string message) : Exception(message);
