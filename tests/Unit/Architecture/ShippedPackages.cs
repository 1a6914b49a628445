using System.Text.Json;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>A NuGet package as a lock file pins it.</summary>
/// <param name="ContentHash">Base64 of the SHA-512 of its content; null when the lock file has none.</param>
public sealed record LockedPackage(string Name, string Version, string? ContentHash);

/// <summary>What the lock files of the programs in production pin.</summary>
public static class ShippedPackages
{
    /// <summary>Their directories, with the contract, which is a project of its own inside the agent's.</summary>
    public static readonly string[] Projects = [.. SourceTree.Projects, "MPanel.NodeAgent/Contract"];

    public static IEnumerable<LockedPackage> Read(string lockFile)
    {
        using var document = JsonDocument.Parse(lockFile);
        return
        [
            .. from framework in document.RootElement.GetProperty("dependencies").EnumerateObject()
            from package in framework.Value.EnumerateObject()
            where package.Value.GetProperty("type").GetString() != "Project"
            select new LockedPackage(
                package.Name,
                package.Value.GetProperty("resolved").GetString()!,
                package.Value.TryGetProperty("contentHash", out var hash) ? hash.GetString() : null
            ),
        ];
    }

    public static IEnumerable<LockedPackage> All() =>
        Projects.SelectMany(project => Read(SourceTree.Read($"{project}/packages.lock.json"))).Distinct();
}
