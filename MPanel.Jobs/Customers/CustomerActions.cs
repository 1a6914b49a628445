using MPanel.Database.Customers;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Customers;

/// <summary>What people do to customers: each action one transaction, with its audit entry in it.</summary>
public sealed class CustomerActions(NpgsqlDataSource dataSource)
{
    private static readonly Refusal Taken = Refusal.Invalid("email", "email_taken", "Another customer has this e-mail address.");

    public async Task<Outcome<CustomerDetail>> Create(Actor actor, CustomerInput input)
    {
        var (fields, faults) = CustomerRules.Check(input);
        if (fields is null)
            return Refusal.Invalid(faults);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveCustomer.Create(transaction, fields) is not { } id)
            return Taken;
        await actor.Audit("customer.created", $"customer {id}", after: AuditJson.Of(fields)).Append(db, transaction);
        var created = await CustomerFacts.Of(db, id);
        await transaction.CommitAsync();
        return new Outcome<CustomerDetail>.Done(created!);
    }

    /// <param name="version">The version that the edit began from.</param>
    /// <param name="change">What the customer becomes, from what it is.</param>
    public async Task<Outcome<CustomerDetail>> Update(Actor actor, long id, int version, Func<CustomerDetail, CustomerInput> change)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await CustomerFacts.Of(db, id) is not { } before)
            return new Outcome<CustomerDetail>.Missing();
        var (fields, faults) = CustomerRules.Check(change(before));
        if (fields is null)
            return Refusal.Invalid(faults);
        if (before.Version != version)
            return new Outcome<CustomerDetail>.Conflict(before);
        await using var transaction = await db.BeginTransactionAsync();
        switch (await SaveCustomer.Update(transaction, id, version, fields))
        {
            case null:
                return Taken;
            case false:
                await transaction.RollbackAsync();
                return new Outcome<CustomerDetail>.Conflict((await CustomerFacts.Of(db, id))!);
        }
        await actor.Audit("customer.changed", $"customer {id}", AuditJson.Of(before.Fields), AuditJson.Of(fields)).Append(db, transaction);
        var after = await CustomerFacts.Of(db, id);
        await transaction.CommitAsync();
        return new Outcome<CustomerDetail>.Done(after!);
    }

    public async Task<Outcome<CustomerNote>> AddNote(Actor actor, long id, string? text)
    {
        if (CustomerRules.Note(text) is not { } body)
            return Refusal.Invalid("body", "invalid_note", $"Must be 1 to {CustomerRules.LongestNote} visible characters.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await CustomerNotes.Add(transaction, id, actor.Name, body) is not { } note)
            return new Outcome<CustomerNote>.Missing();
        await actor.Audit("customer.noted", $"customer {id}", after: AuditJson.Of(new { note.Body })).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<CustomerNote>.Done(note);
    }
}
