using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>What a look at a domain's DNS found.</summary>
/// <param name="Answered">False: nobody could be asked, and nothing is known by it.</param>
/// <param name="Found">One of <see cref="ProofKind"/>.</param>
/// <param name="Text">For people.</param>
public sealed record DomainLook(bool Answered, string Found, string Text, string[] Nameservers);

public static class ProveDomain
{
    /// <summary>Takes unproven domains of live websites whose next look is due. Several processes at once take different ones.</summary>
    public static async Task<IReadOnlyList<long>> Due(NpgsqlConnection db, int batch) =>
        (
            await db.QueryAsync<long>(
                """
                update domains set look_due = now() + interval '10 minutes'
                where id in (
                    select d.id from domains d
                    where d.proof = 'none' and d.look_due <= now() and exists (
                        select from hostnames h join websites w on w.id = h.website_id
                        where h.name = d.name and w.customer_id = d.customer_id and w.status in ('active', 'suspended')
                    )
                    order by d.look_due
                    limit @batch
                    for update skip locked
                )
                returning id
                """,
                new { batch }
            )
        ).AsList();

    /// <summary>Addresses of the servers that serve the domain, or its www name, for its own customer.</summary>
    public static async Task<IReadOnlyList<string>> Addresses(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<string>(
                """
                select distinct host(s.address)
                from domains d join hostnames h on h.name in (d.name, 'www.' || d.name)
                join websites w on w.id = h.website_id and w.customer_id = d.customer_id and w.status in ('active', 'suspended')
                join servers s on s.id = w.server_id
                where d.id = @id
                """,
                new { id }
            )
        ).AsList();

    /// <summary>
    /// Notes what a look found. A found challenge proves; an address does where nothing does yet, and no longer where it is gone. What a person or
    /// the challenge proved stays.
    /// </summary>
    /// <param name="challenge">As it was when the look began: of another customer's, nothing is noted.</param>
    public static Task<int> Look(NpgsqlTransaction transaction, long id, string challenge, DomainLook look) =>
        transaction.Connection!.ExecuteAsync(
            """
            with judged as (
                select id, proof as before, case
                    when not @Answered then proof
                    when proof in ('none', 'address') then @Found
                    else proof
                end as after
                from domains where id = @id and challenge = @challenge
                for no key update
            )
            update domains d
            set proof = j.after, proven_at = case when j.after = 'none' then null when j.after = j.before then d.proven_at else now() end,
                looked_at = now(), look_text = @Text, looks = d.looks + 1,
                nameservers = case when @Answered then @Nameservers else d.nameservers end,
                look_due = now() + (array['1 minute', '5 minutes', '15 minutes', '1 hour', '6 hours', '1 day']::interval[])[least(d.looks + 1, 6)]
            from judged j where d.id = j.id
            """,
            new
            {
                id,
                challenge,
                look.Answered,
                look.Found,
                look.Text,
                look.Nameservers,
            },
            transaction
        );

    /// <returns>False when a person, or the challenge, has proven it already.</returns>
    public static async Task<bool> ByStaff(NpgsqlTransaction transaction, long id) =>
        await transaction.Connection!.ExecuteAsync(
            "update domains set proof = 'staff', proven_at = now(), updated_at = now() where id = @id and proof in ('none', 'address')",
            new { id },
            transaction
        ) == 1;
}
