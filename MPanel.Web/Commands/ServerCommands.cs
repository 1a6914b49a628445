using MPanel.Database.Servers;
using Npgsql;

namespace MPanel.Web.Commands;

/// <summary>What an operator does for a server's agent.</summary>
public static class ServerCommands
{
    /// <summary>A code that an agent exchanges for the server's token: once, within 15 minutes.</summary>
    public static async Task<int> EnrollCode(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var server = arguments.Required("server");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Enrolment.CreateCode(db, server) is not { } code)
            return await Unknown(server);
        var validFor = $"{Enrolment.Validity.TotalMinutes:0} minutes";
        await CommandAudit.Append(transaction, "server.enrolment_code_created", $"server {server}", new { validFor });
        await transaction.CommitAsync();
        Console.WriteLine(code);
        return 0;
    }

    /// <summary>Shuts a server's agent out until it enrols again.</summary>
    public static async Task<int> RevokeTokens(NpgsqlDataSource dataSource, CommandArguments arguments)
    {
        var server = arguments.Required("server");
        await using var db = await dataSource.OpenConnectionAsync();
        if (await ServerList.IdOf(db, server) is null)
            return await Unknown(server);
        await using var transaction = await db.BeginTransactionAsync();
        var revoked = await ServerTokens.RevokeAll(db, server);
        if (revoked > 0)
            await CommandAudit.Append(transaction, "server.tokens_revoked", $"server {server}", new { revoked });
        await transaction.CommitAsync();
        await Console.Error.WriteLineAsync($"{revoked} token(s) revoked.");
        return 0;
    }

    private static async Task<int> Unknown(string server)
    {
        await Console.Error.WriteLineAsync($"There is no server named '{server}'.");
        return 3;
    }
}
