using System.Security.Cryptography;
using MPanel.Database;
using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security.Identity;
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
        new("admin disable-2fa", DisableTwoFactor),
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
        if (applied.Count > 0)
        {
            await using var db = await dataSource.OpenConnectionAsync();
            await using var transaction = await db.BeginTransactionAsync();
            await CommandAudit.Append(transaction, "database.migrated", "database", new { applied });
            await transaction.CommitAsync();
        }
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
        var (email, password) = (arguments.Required("email"), OneTimePassword());
        await using var transaction = await db.BeginTransactionAsync();
        await Users.CreateAdmin(db, email, Hash(password), SecurityStamp.New(), OneTimePasswordLives);
        await CommandAudit.Append(transaction, "user.created", $"user {email}", new { role = Roles.SuperAdmin });
        await transaction.CommitAsync();
        Console.WriteLine(password);
        return 0;
    }

    private static async Task<int> ResetPassword(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var (email, password) = (arguments.Required("email"), OneTimePassword());
        await using var transaction = await db.BeginTransactionAsync();
        if (!await Users.ResetPassword(db, email, Hash(password), SecurityStamp.New(), OneTimePasswordLives))
        {
            await Console.Error.WriteLineAsync("There is no active user with that e-mail address.");
            return 3;
        }
        await CommandAudit.Append(transaction, "user.password_reset", $"user {email}", new { mustChangePassword = true });
        await transaction.CommitAsync();
        Console.WriteLine(password);
        return 0;
    }

    private static async Task<int> DisableTwoFactor(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var email = arguments.Required("email");
        if (await Login.Find(db, email) is not { } user)
        {
            await Console.Error.WriteLineAsync("There is no user with that e-mail address.");
            return 3;
        }
        await using var transaction = await db.BeginTransactionAsync();
        if (!await TwoFactor.Disable(transaction, user.Id))
        {
            await Console.Error.WriteLineAsync("That user has no two-factor login.");
            return 3;
        }
        await Sessions.EndAll(transaction, user.Id);
        await CommandAudit.Append(transaction, "user.two_factor_reset", $"user {user.Email}", new { twoFactor = false });
        await transaction.CommitAsync();
        await Console.Error.WriteLineAsync("Two-factor login is off; the user is signed out everywhere.");
        return 0;
    }

    private static async Task<int> CreateKey(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var scopes = arguments.Required("scopes").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var name = arguments.Required("name");
        if (KeyRules.CheckName(name) is { } wrong)
            throw new InvalidSettingException($"--name: {wrong}");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var key = await ApiKeys.Create(db, name, scopes, expiresAt: null, transaction: transaction);
        await CommandAudit.Append(transaction, "key.created", $"key {name}", new { scopes });
        await transaction.CommitAsync();
        Console.WriteLine(key);
        return 0;
    }

    private static async Task<int> RevokeKey(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var name = arguments.Required("name");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var revoked = await ApiKeys.Revoke(transaction, await ApiKeys.Named(transaction, name));
        if (revoked > 0)
            await CommandAudit.Append(transaction, "key.revoked", $"key {name}", new { revoked });
        await transaction.CommitAsync();
        await Console.Error.WriteLineAsync($"{revoked} key(s) revoked.");
        return revoked > 0 ? 0 : 3;
    }

    /// <summary>Over a weekend. Whoever finds it later opens nothing.</summary>
    private static readonly TimeSpan OneTimePasswordLives = TimeSpan.FromDays(3);

    private static string OneTimePassword() =>
        RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 20);

    private static string Hash(string password) => PasswordHashes.Hasher<object>().HashPassword(new object(), password);
}
