using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>The real nginx behind a script that, while held, waits before it tests a configuration: a task stands still in its midst.</summary>
public sealed class SlowNginx
{
    private readonly string _hold;
    private readonly string _waiting;

    public SlowNginx()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-slow-nginx-").FullName;
        (Binary, _hold, _waiting) = (Path.Combine(directory, "nginx"), Path.Combine(directory, "hold"), Path.Combine(directory, "waiting"));
        File.WriteAllText(
            Binary,
            $"""
            #!/bin/sh
            case " $* " in
            *" -t "*) if [ -e {_hold} ]; then : > {_waiting}; while [ -e {_hold} ]; do sleep 0.05; done; fi ;;
            esac
            exec /usr/sbin/nginx "$@"

            """
        );
        File.SetUnixFileMode(Binary, (UnixFileMode)0b111_101_101);
    }

    /// <summary>For Agent:NginxBinary.</summary>
    public string Binary { get; }

    public void Hold() => File.WriteAllText(_hold, "");

    public void LetGo() => File.Delete(_hold);

    public Task IsReached(AgentProcess agent) =>
        Wait.Until(() => File.Exists(_waiting), "a test of nginx's configuration", () => agent.Log);

    public void Remove() => Directory.Delete(Path.GetDirectoryName(Binary)!, recursive: true);
}
