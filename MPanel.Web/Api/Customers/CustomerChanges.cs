using MPanel.Database.Customers;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Customers;

/// <summary>Creates and changes customers, each with its audit entry in the same transaction.</summary>
public sealed class CustomerChanges(NpgsqlDataSource dataSource)
{
    private static readonly FieldError Taken = new("email", "email_taken", "Another customer has this e-mail address.");

    public async Task<Change<CustomerDetail>> Create(HttpContext context, CustomerInput input)
    {
        var (fields, faults) = CustomerRules.Check(input);
        if (fields is null)
            return new Change<CustomerDetail>.Refused(faults);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveCustomer.Create(transaction, fields) is not { } id)
            return new Change<CustomerDetail>.Refused([Taken]);
        await context.Audit("customer.created", $"customer {id}", after: AuditJson.Of(fields)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Change<CustomerDetail>.Saved(id);
    }

    /// <param name="version">The version that the edit began from.</param>
    /// <param name="change">What the customer becomes, from what it is.</param>
    public async Task<Change<CustomerDetail>> Update(HttpContext context, long id, int version, Func<CustomerDetail, CustomerInput> change)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await CustomerFacts.Of(db, id) is not { } before)
            return new Change<CustomerDetail>.Missing();
        var (fields, faults) = CustomerRules.Check(change(before));
        if (fields is null)
            return new Change<CustomerDetail>.Refused(faults);
        if (before.Version != version)
            return new Change<CustomerDetail>.Conflict(before);
        await using var transaction = await db.BeginTransactionAsync();
        switch (await SaveCustomer.Update(transaction, id, version, fields))
        {
            case null:
                return new Change<CustomerDetail>.Refused([Taken]);
            case false:
                await transaction.RollbackAsync();
                return new Change<CustomerDetail>.Conflict((await CustomerFacts.Of(db, id))!);
        }
        await context
            .Audit("customer.changed", $"customer {id}", AuditJson.Of(before.Fields()), AuditJson.Of(fields))
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Change<CustomerDetail>.Saved(id);
    }

    /// <returns>Null when there is no such customer.</returns>
    public async Task<CustomerNote?> AddNote(HttpContext context, long id, string body)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await CustomerNotes.Add(transaction, id, context.Actor().Name, body) is not { } note)
            return null;
        await context.Audit("customer.noted", $"customer {id}", after: AuditJson.Of(new { note.Body })).Append(db, transaction);
        await transaction.CommitAsync();
        return note;
    }
}
