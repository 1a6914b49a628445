using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MPanel.StripeSimulator.State;

/// <summary>The state file: a line that names its format, then one line of changes for each piece of work.</summary>
internal sealed class Journal(string file)
{
    private const string Format = """{"mpanel_stripe_simulator":2}""";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public IEnumerable<Change> Read()
    {
        if (!File.Exists(file))
            return [];
        var text = File.ReadAllText(file);
        try
        {
            if (!text.StartsWith(Format, StringComparison.Ordinal))
                return OldStateFile.Read(text);
            // A kill may have cut the last line; nobody was told of what stands in it.
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            return [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).SelectMany(Changes)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new IOException($"The state file {file} can't be read ({e.Message}). Move it away to start with no payments.", e);
        }
    }

    public void Append(IEnumerable<Change> changes)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
        var length = stream.Length;
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(Line(changes)));
        }
        catch (IOException)
        {
            // Half a line would make the next one unreadable.
            stream.SetLength(length);
            throw;
        }
    }

    /// <summary>Written aside and renamed, so that a kill leaves the old or the new.</summary>
    public void Rewrite(IEnumerable<Change> all)
    {
        var aside = file + ".new";
        File.WriteAllText(aside, string.Concat(all.Chunk(100).Select(Line).Prepend(Format + "\n")));
        File.Move(aside, file, overwrite: true);
    }

    private static string Line(IEnumerable<Change> changes) =>
        new JsonArray([
            .. changes.Select(change => new JsonObject
            {
                ["kind"] = Kinds.NameOf(change.Type),
                ["id"] = change.Id,
                ["value"] = JsonSerializer.SerializeToNode(change.After, change.Type, Options),
            }),
        ]).ToJsonString() + "\n";

    private static IEnumerable<Change> Changes(string line) => JsonNode.Parse(line)!.AsArray().Select(node => Read(node!.AsObject()));

    private static Change Read(JsonObject change)
    {
        var name = change["kind"]!.GetValue<string>();
        var type = Kinds.TypeOf(name) ?? throw new JsonException($"nothing of the kind '{name}' is known");
        return new Change(type, change["id"]!.GetValue<string>(), null, change["value"].Deserialize(type, Options) as IKept);
    }
}
