using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>
/// The real nginx behind a script. While held it waits before it tests a configuration: a task stands still in its midst. A word that it is
/// to refuse makes the test of a managed nginx's configuration fail wherever its maps have it.
/// </summary>
public sealed class SlowNginx
{
    private readonly string _hold;
    private readonly string _waiting;
    private readonly string _refused;

    public SlowNginx()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-slow-nginx-").FullName;
        (Binary, _hold, _waiting) = (Path.Combine(directory, "nginx"), Path.Combine(directory, "hold"), Path.Combine(directory, "waiting"));
        _refused = Path.Combine(directory, "refused");
        File.WriteAllText(
            Binary,
            $"""
            #!/bin/sh
            case " $* " in
            *" -t "*) if [ -e {_hold} ]; then : > {_waiting}; while [ -e {_hold} ]; do sleep 0.05; done; fi ;;
            esac
            case " $* " in
            *" -t "*)
                if [ -e {_refused} ] && grep -qsf {_refused} "$(dirname "$2")"/*.map; then
                    echo 'nginx: [emerg] it is refused' >&2
                    exit 1
                fi ;;
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

    /// <param name="word">Empty for every generation that is tested aside.</param>
    public void Refuse(string word) => File.WriteAllText(_refused, word + "\n");

    public void RefuseNothing() => File.Delete(_refused);

    public Task IsReached(AgentProcess agent) =>
        Wait.Until(() => File.Exists(_waiting), "a test of nginx's configuration", () => agent.Log);

    public void Remove() => Directory.Delete(Path.GetDirectoryName(Binary)!, recursive: true);
}
