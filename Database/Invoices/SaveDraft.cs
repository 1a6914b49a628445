using System.Text.Json;
using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>A line as a person writes it.</summary>
/// <param name="UnitPrice">Major units.</param>
/// <param name="PeriodStart">What it covers; null where nothing is said of it.</param>
/// <param name="PeriodEnd">When the next period would begin; null where the start is.</param>
public sealed record DraftLine(string Description, int Quantity, decimal UnitPrice, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd);

/// <param name="DueDays">Due so many days after it is issued.</param>
/// <param name="Note">Printed below the sums; null for nothing.</param>
public sealed record DraftFields(string Currency, int DueDays, string? Note, IReadOnlyList<DraftLine> Lines)
{
    /// <summary>What the lines come to, major units.</summary>
    public decimal Amount => Lines.Sum(l => l.Quantity * l.UnitPrice);
}

/// <summary>What a draft comes to by what is known now, major units.</summary>
/// <param name="PricesInclude">Whether the prices of the lines have the tax in them.</param>
/// <param name="TaxNote">As printed; null for nothing.</param>
public sealed record DraftSums(decimal Net, decimal Tax, bool PricesInclude, string? TaxNote);

/// <summary>A draft as it is to be issued.</summary>
/// <param name="Amount">What its lines come to, major units.</param>
public sealed record DraftToIssue(decimal Amount, decimal Net, decimal Tax, bool PricesInclude, string? TaxNote)
{
    public DraftSums Sums => new(Net, Tax, PricesInclude, TaxNote);
}

/// <param name="IsNew">False when its uid was there before.</param>
public sealed record SavedDraft(long Id, bool IsNew);

/// <summary>Invoices before they are issued: no number, no dates, and everything can be changed.</summary>
public static class SaveDraft
{
    /// <summary>The same uid again creates nothing further.</summary>
    /// <returns>Null when there is no such customer, or the uid is another customer's.</returns>
    public static async Task<SavedDraft?> Create(
        NpgsqlTransaction transaction,
        Guid uid,
        long customerId,
        DraftFields draft,
        DraftSums sums
    )
    {
        var db = transaction.Connection!;
        var created = await db.QuerySingleOrDefaultAsync<long?>(
            """
            insert into invoices (uid, customer_id, purpose, status, currency, net, tax, total, prices_include_tax, tax_note, due_days, note,
                buyer_name, buyer_email)
            select @uid, id, 'manual', 'draft', @Currency, @Net, @Tax, @Net + @Tax, @PricesInclude, @TaxNote, @DueDays, @Note, name, email
            from customers where id = @customerId
            on conflict (uid) do nothing
            returning id
            """,
            new
            {
                uid,
                customerId,
                draft.Currency,
                sums.Net,
                sums.Tax,
                sums.PricesInclude,
                sums.TaxNote,
                draft.DueDays,
                draft.Note,
            },
            transaction
        );
        if (created is { } id)
        {
            await Write(transaction, id, draft.Lines);
            return new SavedDraft(id, IsNew: true);
        }
        return await db.QuerySingleOrDefaultAsync<SavedDraft>(
            "select id, false as is_new from invoices where uid = @uid and customer_id = @customerId",
            new { uid, customerId },
            transaction
        );
    }

    /// <summary>Its invoice is locked by the caller, and is a draft.</summary>
    public static async Task Change(NpgsqlTransaction transaction, long id, DraftFields draft, DraftSums sums)
    {
        await transaction.Connection!.ExecuteAsync(
            """
            update invoices
            set currency = @Currency, net = @Net, tax = @Tax, total = @Net + @Tax, prices_include_tax = @PricesInclude, tax_note = @TaxNote,
                due_days = @DueDays, note = @Note, version = version + 1, updated_at = now()
            where id = @id;
            delete from invoice_lines where invoice_id = @id;
            """,
            new
            {
                id,
                draft.Currency,
                sums.Net,
                sums.Tax,
                sums.PricesInclude,
                sums.TaxNote,
                draft.DueDays,
                draft.Note,
            },
            transaction
        );
        await Write(transaction, id, draft.Lines);
    }

    /// <summary>Its invoice is locked by the caller, and is a draft.</summary>
    public static Task<DraftToIssue> ToIssue(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.QuerySingleAsync<DraftToIssue>(
            """
            select (select coalesce(sum(amount), 0) from invoice_lines where invoice_id = i.id) as amount, i.net, i.tax,
                   i.prices_include_tax as prices_include, i.tax_note
            from invoices i where i.id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>The tax of a draft is another one by now: the same lines, other sums, and another version.</summary>
    public static Task Recalculate(NpgsqlTransaction transaction, long id, DraftSums sums) =>
        transaction.Connection!.ExecuteAsync(
            """
            update invoices
            set net = @Net, tax = @Tax, total = @Net + @Tax, tax_note = @TaxNote, version = version + 1, updated_at = now()
            where id = @id and status = 'draft'
            """,
            new
            {
                id,
                sums.Net,
                sums.Tax,
                sums.TaxNote,
            },
            transaction
        );

    /// <summary>Its invoice is locked by the caller, and is a draft. The row stays, without a number.</summary>
    public static Task Discard(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            "update invoices set status = 'void', updated_at = now() where id = @id and status = 'draft'",
            new { id },
            transaction
        );

    private static async Task Write(NpgsqlTransaction transaction, long id, IReadOnlyList<DraftLine> lines) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into invoice_lines (invoice_id, position, description, quantity, unit_price, amount, period_start, period_end)
            select @id, l.position, l.line ->> 'Description', (l.line ->> 'Quantity')::integer, (l.line ->> 'UnitPrice')::numeric,
                (l.line ->> 'Quantity')::integer * (l.line ->> 'UnitPrice')::numeric,
                (l.line ->> 'PeriodStart')::timestamptz, (l.line ->> 'PeriodEnd')::timestamptz
            from jsonb_array_elements(@lines::jsonb) with ordinality l (line, position)
            """,
            new { id, lines = JsonSerializer.Serialize(lines) },
            transaction
        );
}
