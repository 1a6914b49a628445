using System.Diagnostics;

namespace MPanel.Tests.Support;

/// <summary>PostgreSQL's programs. They refuse root, so root runs them as the user <c>postgres</c>; anybody else runs them themselves.</summary>
internal static class PostgresPrograms
{
    private static readonly string[] AsPostgres = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]
        : [];

    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static Task Run(params string[] command) => Execute([.. AsPostgres, .. command]);

    public static Process Start(IEnumerable<string> command) => Process.Start(Quiet([.. AsPostgres, .. command]))!;

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

    private static Task Own(params string[] paths) =>
        Environment.IsPrivilegedProcess ? Execute(["chown", "postgres", .. paths]) : Task.CompletedTask;

    private static async Task Execute(IReadOnlyList<string> command)
    {
        using var process = Process.Start(Quiet(command))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }

    private static ProcessStartInfo Quiet(IEnumerable<string> command) =>
        new("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", .. command]);
}
