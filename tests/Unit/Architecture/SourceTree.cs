namespace MPanel.Tests.Unit.Architecture;

/// <summary>The repository this test was built from, as it lies on disk.</summary>
public static class SourceTree
{
    /// <summary>The projects that run in production.</summary>
    public static readonly string[] Projects = ["Database", "MPanel.Jobs", "MPanel.Web", "MPanel.NodeAgent"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Product { get; } = [.. Projects.SelectMany(project => Files(project, "*.cs"))];

    public static IReadOnlyList<SourceFile> Tests { get; } = Files("tests", "*.cs");

    /// <param name="directory">From the root.</param>
    public static IReadOnlyList<SourceFile> Files(string directory, string pattern) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Root, directory), pattern, SearchOption.AllDirectories)
                .Select(file => new SourceFile(Path.GetRelativePath(Root, file), File.ReadAllText(file)))
                .Where(file =>
                    !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal)
                ),
        ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "MPanel.sln")))
                return directory.FullName;
        throw new DirectoryNotFoundException("These tests run from a build inside the repository, next to MPanel.sln.");
    }
}
