using Dapper;
using Npgsql;

namespace MPanel.Database.Search;

/// <summary>The searches behind the field in the top bar: one a kind of record, each by an index, newest first.</summary>
public static class SearchFor
{
    public static Task<IEnumerable<FoundCustomer>> Customers(NpgsqlConnection db, SearchTerm term, int limit) =>
        db.QueryAsync<FoundCustomer>(
            """
            select id, name, email
            from customers
            where search_text like @Like or (@Start::text is not null and search_text like @Start)
            order by id desc
            limit @limit
            """,
            Parameters(term, limit)
        );

    /// <summary>By the beginning of the reference, with or without its letters, a whole PaymentIntent id, e-mail address or domain.</summary>
    public static Task<IEnumerable<FoundOrder>> Orders(NpgsqlConnection db, SearchTerm term, int limit) =>
        term.Number("ORD-") is { } number
            ? db.QueryAsync<FoundOrder>(
                """
                select i.reference, i.status, o.status as order_state, i.body ->> 'customerEmail' as email,
                       i.body ->> 'primaryDomain' as domain
                from unnest(@firsts, @lasts) with ordinality r (first, last, rank)
                cross join lateral (
                    select * from order_intakes where id between r.first - 1000 and r.last - 1000 order by id limit @limit
                ) i
                left join orders o on o.intake_id = i.id
                order by r.rank, i.id
                limit @limit
                """,
                Ranges(SearchTerm.BeginningWith(number), limit)
            )
            : db.QueryAsync<FoundOrder>(
                """
                select i.reference, i.status, o.status as order_state, i.body ->> 'customerEmail' as email,
                       i.body ->> 'primaryDomain' as domain
                from order_intakes i left join orders o on o.intake_id = i.id
                where i.search_text like @Like
                   or (@Start::text is not null and i.search_text like @Start)
                   or i.stripe_payment_intent_id = @Text
                order by i.id desc
                limit @limit
                """,
                Parameters(term, limit)
            );

    public static Task<IEnumerable<FoundDomain>> Domains(NpgsqlConnection db, SearchTerm term, int limit) =>
        db.QueryAsync<FoundDomain>(
            """
            select id, name, status
            from domains
            where name like @Like or (@Start::text is not null and name like @Start)
            order by id desc
            limit @limit
            """,
            Parameters(term, limit)
        );

    public static Task<IEnumerable<FoundWebsite>> Websites(NpgsqlConnection db, SearchTerm term, int limit) =>
        db.QueryAsync<FoundWebsite>(
            """
            select id, domain, status, plan
            from websites
            where (domain like @Like or (@Start::text is not null and domain like @Start)) and status <> 'removed'
            order by id desc
            limit @limit
            """,
            Parameters(term, limit)
        );

    /// <summary>By the beginning of the number, or by the bare number in every series.</summary>
    public static async Task<IEnumerable<FoundInvoice>> Invoices(NpgsqlConnection db, SearchTerm term, int limit)
    {
        if (term.InvoiceNumber() is { } number)
            return await db.QueryAsync<FoundInvoice>(
                """
                select i.id, i.invoice_number as number, i.status, i.buyer_name as customer, i.total, i.currency
                from unnest(@firsts, @lasts) with ordinality r (first, last, rank)
                cross join lateral (
                    select * from invoices where series = @series and number between r.first and r.last order by number limit @limit
                ) i
                order by r.rank, i.number
                limit @limit
                """,
                Ranges(number.Numbers, limit, number.Series)
            );
        return term.Number() is { } bare and <= int.MaxValue
            ? await db.QueryAsync<FoundInvoice>(
                """
                select i.id, i.invoice_number as number, i.status, i.buyer_name as customer, i.total, i.currency
                from invoice_series s join invoices i on i.series = s.series and i.number = @bare
                order by i.id desc
                limit @limit
                """,
                new { bare, limit }
            )
            : [];
    }

    public static async Task<IEnumerable<FoundTask>> Tasks(NpgsqlConnection db, SearchTerm term) =>
        term.Number() is { } id
            ? await db.QueryAsync<FoundTask>("select id, type, domain, status from provisioning_tasks where id = @id", new { id })
            : [];

    private static object Parameters(SearchTerm term, int limit) =>
        new
        {
            term.Text,
            term.Like,
            term.Start,
            limit,
        };

    private static object Ranges(IReadOnlyList<SearchTerm.Range> ranges, int limit, string series = "") =>
        new
        {
            firsts = ranges.Select(r => r.First).ToArray(),
            lasts = ranges.Select(r => r.Last).ToArray(),
            series,
            limit,
        };
}
