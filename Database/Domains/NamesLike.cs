using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>
/// What a list of things on domains is to find by a part of their name, where every one of them has its domain registered. An index of
/// their own would cost every change of their rows more than any other.
/// </summary>
/// <param name="Names">Every domain that fits; null where the pattern is to be tried on row after row.</param>
/// <param name="Like">Pattern that row after row is tried on; null where the names are known.</param>
internal sealed record NamesLike(string[]? Names, string? Like)
{
    /// <summary>Of more names than this, rows that fit are so frequent that a list finds a page of them soon without any index.</summary>
    private const int Most = 2000;

    /// <param name="like">Null for all.</param>
    public static async Task<NamesLike> Of(NpgsqlConnection db, string? like)
    {
        if (like is null)
            return new NamesLike(null, null);
        var names = (
            await db.QueryAsync<string>("select name from domains where name ilike @like limit @limit", new { like, limit = Most + 1 })
        ).AsList();
        return names.Count > Most ? new NamesLike(null, like) : new NamesLike([.. names], null);
    }
}
