using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Customers;

public sealed class CustomersTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Update_ChangesWhatIsNamedAndKeepsTheRest()
    {
        var made = await Create("a@example.com", "AT");

        var changed = await _desk.Api.Customers.UpdateAsync(
            made.Id,
            new CustomerUpdateOptions
            {
                Name = "Anna",
                Address = new AddressOptions { City = "Wien" },
            }
        );

        Assert.Equal(("a@example.com", "Anna"), (changed.Email, changed.Name));
        Assert.Equal(("Wien", "AT"), (changed.Address.City, changed.Address.Country));
        Assert.Equal(["customer.created", "customer.updated"], await _desk.Events());
    }

    [Fact]
    public async Task List_ByEmail_HasEachOfThatAddressNewestFirst()
    {
        var (first, _, second) = (await Create("a@example.com"), await Create("b@example.com"), await Create("a@example.com"));

        var found = await _desk.Api.Customers.ListAsync(new CustomerListOptions { Email = "a@example.com" });

        Assert.Equal([second.Id, first.Id], found.Data.Select(c => c.Id));
    }

    [Fact]
    public async Task Delete_LeavesAMarkAndDetachesTheMethods()
    {
        var customer = await Create("a@example.com");
        var method = await _desk.Api.PaymentMethods.AttachAsync("pm_card_visa", new PaymentMethodAttachOptions { Customer = customer.Id });

        await _desk.Api.Customers.DeleteAsync(customer.Id);

        Assert.True((await _desk.Api.Customers.GetAsync(customer.Id)).Deleted);
        Assert.Null((await _desk.Api.PaymentMethods.GetAsync(method.Id)).CustomerId);
        Assert.Empty((await _desk.Api.Customers.ListAsync()).Data);
        Assert.Contains("customer.deleted", await _desk.Events());
    }

    [Fact]
    public async Task DefaultPaymentMethod_HasToBeTheirs()
    {
        var customer = await Create("a@example.com");
        var method = await _desk.Api.PaymentMethods.AttachAsync("pm_card_visa", new PaymentMethodAttachOptions { Customer = customer.Id });
        CustomerUpdateOptions Default(string id) => new() { InvoiceSettings = new() { DefaultPaymentMethod = id } };

        var changed = await _desk.Api.Customers.UpdateAsync(customer.Id, Default(method.Id));
        await StripeDesk.Refused(() => _desk.Api.Customers.UpdateAsync(customer.Id, Default("pm_none")), code: "resource_missing");

        Assert.Equal(method.Id, changed.InvoiceSettings.DefaultPaymentMethodId);
    }

    [Fact]
    public async Task Get_OfNobody_IsMissing() =>
        await StripeDesk.Refused(() => _desk.Api.Customers.GetAsync("cus_none"), HttpStatusCode.NotFound, "resource_missing");

    private Task<Customer> Create(string email, string? country = null) =>
        _desk.Api.Customers.CreateAsync(
            new CustomerCreateOptions
            {
                Email = email,
                Address = new AddressOptions { Country = country, Line1 = "Street 1" },
            }
        );
}
