using Dapper;
using MPanel.Database.Invoices;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Invoices;

/// <summary>What an invoice says is copied when it is issued, and can't be changed by anybody.</summary>
public sealed class FrozenInvoiceTests : IAsyncLifetime
{
    private BillingWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Roles"] = "web" });

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Issue_OfAnOrder_CopiesSellerAndBuyerAsTheyAreThen()
    {
        var customer = await _world.Customer("Anna", "anna@example.com");
        await _world.One(
            """
            update customers set company_name = 'Anna Ltd', vat_id = 'DE1', billing_address = E'Street 1\n10115 Berlin', country = 'DE'
            where id = @customer returning id
            """,
            new { customer }
        );
        var id = await Issue(customer, new InvoiceSeller("Seller & Co", "Way 2\nTown", "PL9", "billing@example.com", "Register 7"));
        await _world.One("update customers set name = 'Other', country = 'FR' where id = @customer returning id", new { customer });

        await using var db = await _world.Panel.DataSource.OpenConnectionAsync();
        var invoice = await InvoiceFacts.Of(db, id);

        Assert.Equal(
            new InvoiceBuyer(customer, "Anna", "anna@example.com", "Anna Ltd", "DE1", "Street 1\n10115 Berlin", "DE"),
            invoice!.Buyer
        );
        Assert.Equal(new FrozenSeller("Seller & Co", "Way 2\nTown", "PL9", "billing@example.com", "Register 7"), invoice.Seller);
        Assert.Equal(("pi_", "succeeded"), (invoice.Payment!.Intent![..3], invoice.Payment.Status));
        Assert.Equal("Online payment through Stripe, pi_frozen", invoice.Payment.Method);
    }

    [Fact]
    public async Task Issue_WithoutASeller_NamesNone()
    {
        var id = await Issue(await _world.Customer("Anna"), InvoiceSeller.None);

        await using var db = await _world.Panel.DataSource.OpenConnectionAsync();
        Assert.Null((await InvoiceFacts.Of(db, id))!.Seller);
    }

    [Theory]
    [InlineData("update invoices set buyer_name = 'Other'")]
    [InlineData("update invoices set seller_name = 'Other'")]
    [InlineData("update invoices set buyer_vat_id = 'X'")]
    [InlineData("update invoices set seller_legal_footer = 'Other'")]
    [InlineData("update invoices set payment_method = 'Other'")]
    [InlineData("update invoice_lines set domain = 'other.example'")]
    [InlineData("update invoice_lines set period_start = now(), period_end = now() + interval '1 day'")]
    [InlineData("update invoices set total = total + 1")]
    [InlineData("update invoices set issued_at = now() - interval '1 day'")]
    [InlineData("update invoice_lines set description = 'Other'")]
    [InlineData("delete from invoices")]
    public async Task Change_OfWhatAnInvoiceSays_IsForbidden(string statement)
    {
        await _world.Sale(await _world.Customer("Anna"));
        await using var db = await _world.Panel.DataSource.OpenConnectionAsync();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(statement));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refusal.SqlState);
    }

    [Fact]
    public async Task Change_OfItsStatus_IsAllowed()
    {
        var (_, id) = await _world.Sale(await _world.Customer("Anna"));
        await _world.One($"{Transitions.Free}; select 0");

        Assert.Equal(
            id,
            await _world.One(
                "update invoices set status = 'refunded', settled = 0, credited = total, updated_at = now() where id = @id returning id",
                new { id }
            )
        );
    }

    /// <summary>By the chain's own statement, for an order that has no invoice yet.</summary>
    private async Task<long> Issue(long customer, InvoiceSeller seller)
    {
        var intake = await _world.One(
            """
            with intake as (
                insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
                values ('pi_frozen', sha256('x'), '{}', 'test') returning id, reference
            ), payment as (
                insert into payments (intake_id, stripe_payment_intent_id, status, amount, currency, livemode)
                select id, 'pi_frozen', 'succeeded', 10, 'USD', false from intake returning id
            ), placed as (
                insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
                select i.id, i.reference, @customer, p.id, 'paid', 'USD', 10, 'site.example' from intake i, payment p
            )
            select id from intake
            """,
            new { customer }
        );
        await using var db = await _world.Panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var number = await IssuePaidInvoice.Run(transaction, intake, "INV-2026", seller, DateTimeOffset.UtcNow);
        await transaction.CommitAsync();
        return await _world.One("select id from invoices where invoice_number = @number", new { number });
    }
}
