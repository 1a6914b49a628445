namespace MPanel.Web.Commands;

/// <summary><c>--name value</c> pairs behind a command's words.</summary>
public sealed class CommandArguments(string[] args)
{
    public string? Optional(string name) =>
        Array.IndexOf(args, $"--{name}") is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    public string Required(string name) => Optional(name) ?? throw new InvalidSettingException($"--{name} is missing.");
}
