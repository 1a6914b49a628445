using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>How somebody showed that a domain is theirs.</summary>
public static class ProofKind
{
    public const string None = "none";

    /// <summary>The challenge stood in its DNS.</summary>
    public const string Txt = "txt";

    /// <summary>It leads to the server that serves it.</summary>
    public const string Address = "address";

    /// <summary>A person said so.</summary>
    public const string Staff = "staff";
}

/// <param name="Kind">One of <see cref="ProofKind"/>, or <c>registered</c>.</param>
/// <param name="LookedAt">The last look at its DNS; null before the first.</param>
/// <param name="LookText">What that found, for people.</param>
/// <param name="Nameservers">As the last look that was answered found them.</param>
public sealed record DomainProof(
    string Kind,
    DateTimeOffset? ProvenAt,
    string Challenge,
    DateTimeOffset? LookedAt,
    string? LookText,
    string[] Nameservers
)
{
    /// <summary>Null when there is no such domain.</summary>
    public static Task<DomainProof?> Of(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<DomainProof>(
            "select proof as kind, proven_at, challenge, looked_at, look_text, nameservers from domains where id = @id",
            new { id }
        );
}
