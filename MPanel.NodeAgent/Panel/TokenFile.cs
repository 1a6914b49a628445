using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Panel;

/// <summary>The server's name and token as the panel gave them, kept in a file only the agent's user reads.</summary>
internal sealed class TokenFile(AgentOptions options)
{
    private EnrollResponse? _current;

    public string Path { get; } = System.IO.Path.Combine(options.StateDirectory, "token.json");

    /// <summary>Null until enrolled.</summary>
    public EnrollResponse? Current => _current ??= Read();

    public string Server => Current?.Server ?? "(not enrolled)";

    /// <summary>For after a refusal: somebody may have put a new token there.</summary>
    public void Reload() => _current = Read();

    public void Write(EnrollResponse enrolled)
    {
        DurableFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(enrolled, AgentJson.Options), DurableFile.Private);
        _current = enrolled;
    }

    private EnrollResponse? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<EnrollResponse>(File.ReadAllBytes(Path), AgentJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // An unreadable token is no token: the agent says so and asks for an enrolment code.
            return null;
        }
    }
}
