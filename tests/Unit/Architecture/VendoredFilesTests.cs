namespace MPanel.Tests.Unit.Architecture;

public sealed class VendoredFilesTests
{
    public static TheoryData<string> Places => [.. VendoredFiles.Places];

    [Theory]
    [MemberData(nameof(Places))]
    public void Files_AreThoseThatWereVendored(string place) =>
        Assert.Equal(
            SourceTree.Read($"{place}/SHA256SUMS").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            VendoredFiles.Sums(Path.Combine(SourceTree.Root, place)).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Sums_OfAFile_AreAsSha256sumWritesThem()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-sums-");
        try
        {
            directory.CreateSubdirectory("a");
            File.WriteAllText(Path.Combine(directory.FullName, "a", "b.txt"), "abc");
            File.WriteAllText(Path.Combine(directory.FullName, "README.md"), "ours");

            Assert.Equal(
                ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a/b.txt"],
                VendoredFiles.Sums(directory.FullName)
            );
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
