namespace MPanel.Tests.Unit.Architecture;

/// <summary>What ships is built from the packages whose content was locked, and from no others.</summary>
public sealed class SupplyChainTests
{
    public static TheoryData<string> Projects => [.. ShippedPackages.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void LockFile_OfWhatShips_HasTheContentHashOfEveryPackage(string project) =>
        Assert.DoesNotContain(
            ShippedPackages.Read(SourceTree.Read($"{project}/packages.lock.json")),
            package => package.ContentHash is not { Length: 88 }
        );

    [Fact]
    public void LockFiles_AreKeptByEveryProject()
    {
        Assert.Contains(
            "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>",
            SourceTree.Read("Directory.Build.props"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            SourceTree.Files(".", "*.csproj"),
            project =>
                project.Text.Contains("RestorePackagesWithLockFile", StringComparison.Ordinal)
                || !File.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json"))
        );
    }

    [Fact]
    public void Restore_OfTestsAndPrograms_IsLocked()
    {
        // CI runs `./mpanel test`, which restores here and publishes what it tests from there; so does `./mpanel up`.
        Assert.Contains("restore MPanel.sln --locked-mode", SourceTree.Read("launcher/test.sh"), StringComparison.Ordinal);
        Assert.Contains("-p:RestoreLockedMode=true", SourceTree.Read("launcher/build.sh"), StringComparison.Ordinal);
        Assert.All(SourceTree.Files(".ci", "*"), script => Assert.DoesNotContain("dotnet restore", script.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OfALockFile_LeavesProjectsOut()
    {
        const string text = """
            { "version": 2, "dependencies": { "net10.0": {
              "A": { "type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "contentHash": "x" },
              "B": { "type": "Transitive", "resolved": "2.0.0" },
              "mpanel.jobs": { "type": "Project" } } } }
            """;

        Assert.Equal([new LockedPackage("A", "1.0.0", "x"), new LockedPackage("B", "2.0.0", null)], ShippedPackages.Read(text));
    }
}
