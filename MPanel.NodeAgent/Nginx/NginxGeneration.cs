namespace MPanel.NodeAgent.Nginx;

/// <summary>A configuration of all websites, as files of one directory.</summary>
/// <param name="Files">Name and text; <see cref="Here"/> stands for the directory's path.</param>
/// <param name="Digest">Of names and texts.</param>
internal sealed record NginxGeneration(IReadOnlyDictionary<string, string> Files, string Digest)
{
    public const string Here = "@gen@";
}
