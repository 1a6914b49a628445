namespace MPanel.Tests.Support;

public static class Repository
{
    /// <summary>The checkout these tests were built from: where launcher and docs stand.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "MPanel.sln")))
                return directory.FullName;
        throw new DirectoryNotFoundException("These tests run from a build inside the repository, next to MPanel.sln.");
    }
}
