using System.Security.Cryptography;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>Files of others that lie in this repository.</summary>
public static class VendoredFiles
{
    /// <summary>Where they lie. Each place has a file SHA256SUMS, as <c>sha256sum</c> writes and checks it.</summary>
    public static readonly string[] Places = ["MPanel.Web/wwwroot/lib", "MPanel.Jobs/Invoices/Fonts", "tests/EndToEnd/lib"];

    /// <summary>One for each piece of software: the directories in a place, or the place itself where its files lie loose.</summary>
    public static IEnumerable<string> Directories() =>
        Places.SelectMany(place =>
            Directory.GetDirectories(Path.Combine(SourceTree.Root, place)) is { Length: > 0 } below
                ? below.Select(directory => Path.GetRelativePath(SourceTree.Root, directory))
                : [place]
        );

    /// <summary>Lines as <c>sha256sum</c> writes them, of all files in a place but its own README.md and SHA256SUMS.</summary>
    public static IEnumerable<string> Sums(string directory) =>
        Directory
            .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => (Path: file, Name: Path.GetRelativePath(directory, file)))
            .Where(file => file.Name is not ("README.md" or "SHA256SUMS"))
            .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Path)))}  {file.Name}");
}
