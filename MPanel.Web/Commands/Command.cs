using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using MPanel.Database;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Commands;

/// <summary>What the server program does besides serving, from the command line. Secrets go to standard output, once; words to standard error.</summary>
public sealed record Command(string Words, Func<NpgsqlDataSource, CommandArguments, Task<int>> Execute)
{
    private static readonly Command[] All =
    [
        new("migrate", Migrate),
        new("admin create", CreateAdmin),
        new("admin reset-password", ResetPassword),
        new("keys create", CreateKey),
        new("keys revoke", RevokeKey),
        new("servers enroll-code", ServerCommands.EnrollCode),
        new("servers revoke-tokens", ServerCommands.RevokeTokens),
    ];

    public static Command? Find(string[] args) =>
        All.FirstOrDefault(c => args.Take(c.Words.Split(' ').Length).SequenceEqual(c.Words.Split(' ')));

    public static int Unknown(string word)
    {
        Console.Error.WriteLine(
            $"There is no command '{word}': there are {string.Join(", ", All.Select(c => $"'{c.Words}'"))}; without one, the server runs."
        );
        return 2;
    }

    public static async Task<int> Run(Command command, string[] args)
    {
        try
        {
            var configuration = new ConfigurationBuilder()
                .SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true)
                .AddEnvironmentVariables()
                .Build();
            var connectionString =
                configuration.GetConnectionString("MPanel") ?? throw new InvalidSettingException("ConnectionStrings:MPanel is not set.");
            await using var dataSource = Db.Open(connectionString, "mpanel-command");
            return await command.Execute(dataSource, new CommandArguments(args));
        }
        catch (Exception e) when (StartFailure.Explain(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 2;
        }
    }

    private static async Task<int> Migrate(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var applied = await Migrator.Run(dataSource);
        await Console.Error.WriteLineAsync(applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
        return 0;
    }

    private static async Task<int> CreateAdmin(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await Users.AnyAdmin(db))
        {
            await Console.Error.WriteLineAsync("There is an admin already; use 'admin reset-password' for a new password.");
            return 3;
        }
        var password = OneTimePassword();
        await Users.CreateAdmin(db, arguments.Required("email"), Hash(password), Stamp());
        Console.WriteLine(password);
        return 0;
    }

    private static async Task<int> ResetPassword(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var password = OneTimePassword();
        if (!await Users.ResetPassword(db, arguments.Required("email"), Hash(password), Stamp()))
        {
            await Console.Error.WriteLineAsync("There is no active user with that e-mail address.");
            return 3;
        }
        Console.WriteLine(password);
        return 0;
    }

    private static async Task<int> CreateKey(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var scopes = arguments.Required("scopes").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await using var db = await dataSource.OpenConnectionAsync();
        Console.WriteLine(await ApiKeys.Create(db, arguments.Required("name"), scopes, expiresAt: null));
        return 0;
    }

    private static async Task<int> RevokeKey(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var revoked = await ApiKeys.Revoke(db, arguments.Required("name"));
        await Console.Error.WriteLineAsync($"{revoked} key(s) revoked.");
        return revoked > 0 ? 0 : 3;
    }

    private static string OneTimePassword() =>
        RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 20);

    private static string Stamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Hash(string password) => new PasswordHasher<object>().HashPassword(new object(), password);
}
