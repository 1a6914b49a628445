using System.Diagnostics;

namespace MPanel.Tests.Support;

/// <summary>PostgreSQL's programs, run as the user <c>postgres</c>: they refuse root.</summary>
internal static class PostgresPrograms
{
    private static readonly string[] AsPostgres = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"];

    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static Task Run(params string[] command) => Execute("setpriv", [.. AsPostgres, .. command]);

    public static Process Start(IEnumerable<string> command) => Process.Start(Quiet("setpriv", [.. AsPostgres, .. command]))!;

    /// <summary>A directory that the server's user owns and others pass through, with a password of its own for the superuser in a file there.</summary>
    public static async Task<(string Directory, string Password, string PasswordFile)> PrivateDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-pg-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var password = Guid.NewGuid().ToString("N");
        var passwordFile = Path.Combine(directory, "pw");
        await File.WriteAllTextAsync(passwordFile, password);
        await Own(directory, passwordFile);
        return (directory, password, passwordFile);
    }

    private static Task Own(params string[] paths) => Execute("chown", ["postgres", .. paths]);

    private static async Task Execute(string file, params string[] arguments)
    {
        using var process = Process.Start(Quiet(file, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static ProcessStartInfo Quiet(string file, IEnumerable<string> arguments) =>
        new("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", file, .. arguments]);
}
