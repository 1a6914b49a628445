using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MPanel.Tests.Support;

/// <summary>
/// A real Postfix with directories and a port of its own, which delivers to one mailbox and sends nothing on. Only root can start one.
/// </summary>
public sealed class PostfixServer : IAsyncDisposable
{
    public const string Mailbox = "ada@example.com";

    private readonly string _directory;
    private Process? _master;

    private PostfixServer(string directory, int port) => (_directory, Port) = (directory, port);

    public int Port { get; }

    /// <summary>Prepared, and not started yet.</summary>
    public static async Task<PostfixServer> Prepare()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-postfix-").FullName;
        var server = new PostfixServer(directory, FreePort());
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        foreach (var part in (string[])["queue", "data", "log", "mail"])
            Directory.CreateDirectory(Path.Combine(directory, part));
        await File.WriteAllTextAsync(Path.Combine(directory, "main.cf"), server.MainSettings());
        await File.WriteAllTextAsync(Path.Combine(directory, "master.cf"), server.Services());
        await File.WriteAllTextAsync(Path.Combine(directory, "mailboxes"), $"{Mailbox} ada/\n");
        await Run("/usr/bin/chown", "postfix", Path.Combine(directory, "data"));
        await Run("/usr/bin/chown", "nobody", Path.Combine(directory, "mail"));
        await Run("/usr/sbin/postfix", "-c", directory, "check");
        return server;
    }

    public async Task Start()
    {
        _master = Process.Start(
            new ProcessStartInfo("/usr/lib/postfix/sbin/master", ["-c", _directory, "-d"])
            {
                Environment = { ["MAIL_CONFIG"] = _directory },
            }
        )!;
        await Wait.Until(Listens, "Postfix to listen", Log);
    }

    public async Task Stop()
    {
        if (_master is not { } master)
            return;
        _master = null;
        await Run("/usr/bin/kill", "-TERM", master.Id.ToString(CultureInfo.InvariantCulture));
        await master.WaitForExitAsync();
        master.Dispose();
    }

    /// <summary>The messages in the mailbox, as they were delivered.</summary>
    public IReadOnlyList<string> Delivered()
    {
        var arrived = Path.Combine(_directory, "mail", "ada", "new");
        return Directory.Exists(arrived) ? [.. Directory.GetFiles(arrived).Select(File.ReadAllText)] : [];
    }

    public string Log()
    {
        var log = Path.Combine(_directory, "log", "mail.log");
        return File.Exists(log) ? File.ReadAllText(log) : "";
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_directory, recursive: true);
    }

    private string MainSettings() =>
        $"""
            compatibility_level = 3.6
            queue_directory = {_directory}/queue
            data_directory = {_directory}/data
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = {_directory}/log/mail.log
            maillog_file_prefixes = {_directory}
            myhostname = mail.example.com
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mydestination =
            local_recipient_maps =
            alias_maps =
            alias_database =
            mynetworks = 127.0.0.1/32
            default_transport = error:outbound disabled
            virtual_mailbox_domains = example.com
            virtual_mailbox_maps = texthash:{_directory}/mailboxes
            virtual_mailbox_base = {_directory}/mail
            virtual_minimum_uid = 1
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534

            """;

    private string Services() =>
        $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            error unix - - n - - error
            retry unix - - n - - error
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            postlog unix-dgram n - n - 1 postlogd

            """;

    private bool Listens()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
