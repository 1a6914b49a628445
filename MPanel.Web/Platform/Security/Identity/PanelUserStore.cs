using Microsoft.AspNetCore.Identity;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>
/// What Identity's user manager needs of our users table to check passwords and to renew old hashes. Whatever people change goes
/// through Database/Access instead, in one transaction with its audit entry; Identity writes nothing else, and creates nobody.
/// </summary>
public sealed class PanelUserStore(NpgsqlDataSource dataSource) : IUserPasswordStore<PanelUser>
{
    private string? _read;

    public async Task<PanelUser?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        return long.TryParse(userId, out var id) ? Adapt(await Login.Find(db, id)) : null;
    }

    public async Task<PanelUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        return Adapt(await Login.Find(db, normalizedUserName));
    }

    public async Task<IdentityResult> UpdateAsync(PanelUser user, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        if (_read is not null && user.PasswordHash is not null)
            await Login.Rehash(db, user.Id, _read, user.PasswordHash);
        return IdentityResult.Success;
    }

    public Task<string> GetUserIdAsync(PanelUser user, CancellationToken cancellationToken) => Task.FromResult($"{user.Id}");

    public Task<string?> GetUserNameAsync(PanelUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(PanelUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Email.ToUpperInvariant());

    public Task<string?> GetPasswordHashAsync(PanelUser user, CancellationToken cancellationToken)
    {
        _read = user.PasswordHash;
        return Task.FromResult(user.PasswordHash);
    }

    public Task<bool> HasPasswordAsync(PanelUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task SetPasswordHashAsync(PanelUser user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task SetNormalizedUserNameAsync(PanelUser user, string? normalizedName, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task SetUserNameAsync(PanelUser user, string? userName, CancellationToken cancellationToken) => Refuse();

    public Task<IdentityResult> CreateAsync(PanelUser user, CancellationToken cancellationToken) => Refuse();

    public Task<IdentityResult> DeleteAsync(PanelUser user, CancellationToken cancellationToken) => Refuse();

    public void Dispose() { }

    private static Task<IdentityResult> Refuse() =>
        throw new NotSupportedException("Users change through Database/Access, with an audit entry.");

    private static PanelUser? Adapt(LoginUser? user) =>
        user is null
            ? null
            : new PanelUser
            {
                Id = user.Id,
                Email = user.Email,
                PasswordHash = user.PasswordHash,
            };
}
