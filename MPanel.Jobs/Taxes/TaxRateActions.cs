using MPanel.Database.Taxes;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Taxes;

/// <summary>What people do to rates: each one transaction, with its audit entry in it. What is issued keeps the rate it was issued with.</summary>
public sealed class TaxRateActions(NpgsqlDataSource dataSource)
{
    private static readonly Refusal Taken = Refusal.State(
        "rate_exists",
        "The country has a rate on one of these days already. End that one first."
    );

    public async Task<Outcome<TaxRate>> Create(Actor actor, TaxRateInput input)
    {
        var (fields, faults) = TaxRules.Check(input);
        if (fields is null)
            return Refusal.Invalid(faults);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveTaxRate.Create(transaction, fields) is not { } rate)
            return Taken;
        await actor.Audit("tax_rate.created", $"tax rate {rate.Id}", after: AuditJson.Of(rate)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<TaxRate>.Done(rate);
    }

    /// <param name="last">Its last day.</param>
    public async Task<Outcome<TaxRate>> End(Actor actor, long id, DateOnly? last)
    {
        if (TaxRules.LastDayOf(last) is not { } day)
            return Refusal.Invalid("until", "invalid_day", "Must be a day.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveTaxRate.Lock(transaction, id) is not { } before)
            return new Outcome<TaxRate>.Missing();
        if (!await SaveTaxRate.End(transaction, id, day))
            return Refusal.Invalid("until", "invalid_day", "Must not be before its first day, nor after the last day it has.");
        var after = (await SaveTaxRate.Lock(transaction, id))!;
        await actor.Audit("tax_rate.ended", $"tax rate {id}", AuditJson.Of(before), AuditJson.Of(after)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<TaxRate>.Done(after);
    }

    public async Task<Outcome<TaxRate>> Delete(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveTaxRate.Lock(transaction, id) is not { } before)
            return new Outcome<TaxRate>.Missing();
        await SaveTaxRate.Delete(transaction, id);
        await actor.Audit("tax_rate.deleted", $"tax rate {id}", AuditJson.Of(before)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<TaxRate>.Done(before);
    }
}
