using System.Text.Json;
using System.Xml.Linq;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>
/// Who may know whom. Projects are read as they are written, packages as they were resolved: the lock file names what comes along
/// with a reference as well.
/// </summary>
public static class ReferenceRule
{
    /// <summary>Projects that a project refers to, by file name without extension, as its project file says.</summary>
    public static IReadOnlyList<string> Projects(string projectFile) => Included(projectFile, "ProjectReference");

    public static IReadOnlyList<string> Frameworks(string projectFile) => Included(projectFile, "FrameworkReference");

    /// <summary>Every package and project that comes along, as a lock file says. Projects are in lower case there.</summary>
    public static IReadOnlyList<string> Resolved(string lockFile)
    {
        using var json = JsonDocument.Parse(lockFile);
        return
        [
            .. json
                .RootElement.GetProperty("dependencies")
                .EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
                .Select(dependency => dependency.Name),
        ];
    }

    /// <returns>Those of the names that match none of the allowed ones.</returns>
    public static IEnumerable<string> Strangers(IEnumerable<string> names, params string[] allowed) => names.Except(allowed);

    /// <returns>Those of the names that are, or begin with, a forbidden one: Npgsql finds Npgsql.OpenTelemetry, too.</returns>
    public static IEnumerable<string> Forbidden(IEnumerable<string> names, params string[] forbidden) =>
        names.Where(name =>
            forbidden.Any(f =>
                name.Equals(f, StringComparison.OrdinalIgnoreCase) || name.StartsWith(f + ".", StringComparison.OrdinalIgnoreCase)
            )
        );

    private static List<string> Included(string projectFile, string element) =>
        [
            .. XDocument
                .Parse(projectFile)
                .Descendants(element)
                .Select(e => e.Attribute("Include")!.Value)
                .Select(include => include.Contains('/', StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(include) : include),
        ];
}
