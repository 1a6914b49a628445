using System.Globalization;
using System.Text;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>
/// The directories <c>gen/&lt;n&gt;</c> and the link <c>gen/current</c>, which names the one that nginx reads. Used only under the node lock. A kill
/// at any line leaves the link on a whole generation.
/// </summary>
internal sealed class Generations(AgentOptions options, NginxLayout layout)
{
    private const UnixFileMode RootOnly = (UnixFileMode)0b111_000_000;
    private const string DigestFile = "digest";
    private const string LoadedFile = "loaded";
    private const string TestedFile = "tested";

    public void Prepare() => Directory.CreateDirectory(layout.Generations, RootOnly);

    /// <summary>The one that the link names, or null.</summary>
    public int? Current() =>
        int.TryParse(Posix.LinkText(layout.CurrentGeneration), CultureInfo.InvariantCulture, out var number)
        && Directory.Exists(PathOf(number))
            ? number
            : null;

    /// <summary>nginx was told to read just this.</summary>
    public bool IsLoaded(NginxGeneration generation) =>
        Current() is { } current
        && File.Exists(Path.Combine(PathOf(current), LoadedFile))
        && Text(current, DigestFile) == generation.Digest;

    /// <summary>Written aside: nobody reads it yet.</summary>
    public int Write(NginxGeneration generation)
    {
        var number = Numbers().Append(0).Max() + 1;
        Directory.CreateDirectory(PathOf(number), RootOnly);
        foreach (var (name, text) in generation.Files)
            WriteFile(Path.Combine(PathOf(number), name), Placed(text, number));
        if (options.NginxManaged)
            WriteFile(TestConfigOf(number), layout.MainText(PathOf(number)));
        WriteFile(Path.Combine(PathOf(number), DigestFile), generation.Digest);
        return number;
    }

    /// <summary>A main configuration that includes this generation.</summary>
    public string TestConfigOf(int number) => Path.Combine(PathOf(number), "nginx.conf");

    public void Swap(int? number)
    {
        if (number is null)
        {
            File.Delete(layout.CurrentGeneration);
            return;
        }
        var next = Path.Combine(layout.Generations, "next");
        File.Delete(next);
        File.CreateSymbolicLink(next, number.Value.ToString(CultureInfo.InvariantCulture));
        Posix.Rename(next, layout.CurrentGeneration);
        Posix.SyncDirectory(layout.Generations);
    }

    public void MarkLoaded(int number) => File.WriteAllText(Path.Combine(PathOf(number), LoadedFile), "");

    /// <summary>nginx has not taken it after all: whoever comes next tells it again.</summary>
    public void MarkNotLoaded()
    {
        if (Current() is { } current)
            File.Delete(Path.Combine(PathOf(current), LoadedFile));
    }

    public void MarkTested(int number) => File.WriteAllText(Path.Combine(PathOf(number), TestedFile), "");

    /// <summary>The last that nginx has taken, or null. The live one may be another after a kill.</summary>
    public int? Tested() => Numbers().Where(n => File.Exists(Path.Combine(PathOf(n), TestedFile))).Cast<int?>().Max();

    /// <summary>Removes every generation but the live one and the last tested one.</summary>
    public void Clear()
    {
        var (current, tested) = (Current(), Tested());
        foreach (var number in Numbers().Where(n => n != current && n != tested))
            Delete(number);
    }

    public void Delete(int number) => Directory.Delete(PathOf(number), recursive: true);

    /// <summary>Lines of the live maps that have a key or a value.</summary>
    public IReadOnlyList<string> Naming(string key) =>
        Current() is not { } current
            ? []
            :
            [
                .. Directory
                    .GetFiles(PathOf(current), "*.map")
                    .SelectMany(File.ReadLines)
                    .Where(l => l.StartsWith($"{key} ", StringComparison.Ordinal) || l.EndsWith($" {key};", StringComparison.Ordinal)),
            ];

    /// <summary>Names of the live map, and what each leads to.</summary>
    public IReadOnlyDictionary<string, string> Served()
    {
        var served = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Current() is not { } current || Text(current, "hosts.map") is not { } map)
            return served;
        foreach (var fields in map.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd(';').Split(' ')))
            served[fields[0]] = fields[^1];
        return served;
    }

    private IEnumerable<int> Numbers() =>
        Directory
            .GetDirectories(layout.Generations)
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(n => n > 0);

    // The agent renders a managed nginx's anew before it starts it. The host's starts by itself after a power cut.
    private void WriteFile(string path, string text)
    {
        if (options.NginxManaged)
            File.WriteAllText(path, text);
        else
            DurableFile.WriteAside(path, Encoding.UTF8.GetBytes(text), DurableFile.Private);
    }

    private string Placed(string text, int number) => text.Replace(NginxGeneration.Here, PathOf(number), StringComparison.Ordinal);

    private string? Text(int number, string file)
    {
        var path = Path.Combine(PathOf(number), file);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private string PathOf(int number) => Path.Combine(layout.Generations, number.ToString(CultureInfo.InvariantCulture));
}
