using System.Net;
using Stripe.Checkout;

namespace MPanel.Tests.Integration.StripeSimulator.Checkout;

public sealed class CheckoutTests : IAsyncLifetime
{
    private const string Shop = "https://shop.example/thanks";
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _desk.DisposeAsync();
    }

    [Fact]
    public async Task Page_PaidWithAGoodCard_LeadsBackWithTheSessionsId()
    {
        var session = await Create();
        var page = await _browser.GetStringAsync(session.Url);
        using var back = await Submit(session.Url, "pm_card_visa");

        var done = await Read(session.Id);
        var payment = await _desk.Api.PaymentIntents.GetAsync(done.PaymentIntentId, new() { Expand = ["latest_charge"] });
        Assert.Contains("Starter hosting", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.SeeOther, $"{Shop}?session={session.Id}"), (back.StatusCode, $"{back.Headers.Location}"));
        Assert.Equal(("open", "unpaid", null), (session.Status, session.PaymentStatus, session.PaymentIntentId));
        Assert.Equal(("complete", "paid", null), (done.Status, done.PaymentStatus, done.Url));
        Assert.Equal((2000, "succeeded", "7"), (payment.Amount, payment.Status, payment.Metadata["order"]));
        Assert.Equal("AT", payment.LatestCharge.BillingDetails.Address.Country);
        Assert.Equal("cart", done.Metadata["of"]);
        Assert.Equal("checkout.session.completed", (await _desk.Events())[^1]);
    }

    [Fact]
    public async Task Page_DeclinedCard_MayTryAnotherOnTheSamePayment()
    {
        var session = await Create();

        using var declined = await Submit(session.Url, "pm_card_visa_chargeDeclined");
        var open = await Read(session.Id);
        using var back = await Submit(session.Url, "pm_card_visa");

        Assert.Contains("Your card was declined.", await declined.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(("open", null), (open.Status, open.PaymentIntentId));
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Single((await _desk.Api.PaymentIntents.ListAsync()).Data);
    }

    [Theory]
    [InlineData("pass", HttpStatusCode.SeeOther, "complete")]
    [InlineData("fail", HttpStatusCode.OK, "open")]
    public async Task Page_CardThatAsks_AsksOnThePage(string answer, HttpStatusCode status, string end)
    {
        var session = await Create();
        using var asked = await Submit(session.Url, "pm_card_authenticationRequired");

        using var answered = await _browser.PostAsync($"{session.Url}/authenticate", Form(("answer", answer)));

        Assert.Contains("whether it is really you", await asked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((status, end), (answered.StatusCode, (await Read(session.Id)).Status));
    }

    [Fact]
    public async Task Page_SentTwice_ChargesOnce()
    {
        var session = await Create();
        (await Submit(session.Url, "pm_card_visa")).Dispose();

        using var again = await Submit(session.Url, "pm_card_visa");

        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Single((await _desk.Api.Charges.ListAsync()).Data);
    }

    [Fact]
    public async Task Page_OfHostileTexts_ShowsThemAsText()
    {
        var session = await Create(name: "<script>alert(1)</script>");

        Assert.DoesNotContain("<script", await _browser.GetStringAsync(session.Url), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("pm_success_de", "async_payment_succeeded", "paid")]
    [InlineData("pm_failed_de", "async_payment_failed", "unpaid")]
    public async Task Debit_IsCompleteBeforeItIsPaid(string method, string told, string end)
    {
        var session = await Create(currency: "eur");
        await _desk.Post($"checkout/{session.Id}/pay", new { payment_method = method });
        await _desk.Stripe.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(("complete", end), ((await Read(session.Id)).Status, (await Read(session.Id)).PaymentStatus));
        Assert.Equal(["checkout.session.completed", $"checkout.session.{told}"], await _desk.Events("checkout."));
    }

    [Fact]
    public async Task Setup_KeepsTheCardForTheCustomer()
    {
        var customer = await _desk.NewCustomer();
        var session = await _desk.Api.Checkout.Sessions.CreateAsync(
            new SessionCreateOptions
            {
                Mode = "setup",
                Customer = customer,
                Currency = "usd",
                SuccessUrl = Shop,
                SetupIntentData = new() { Metadata = new() { ["for"] = "renewals" } },
            }
        );
        using var back = await Submit(session.Url, "pm_card_visa");

        var done = await Read(session.Id);
        var setup = await _desk.Api.SetupIntents.GetAsync(done.SetupIntentId);
        Assert.Equal(("complete", "no_payment_required"), (done.Status, done.PaymentStatus));
        Assert.Equal(("succeeded", "renewals"), (setup.Status, setup.Metadata["for"]));
        Assert.Equal(customer, (await _desk.Api.PaymentMethods.GetAsync(setup.PaymentMethodId)).CustomerId);
    }

    [Fact]
    public async Task CustomerCreation_MakesACustomerOfWhoeverPays()
    {
        var session = await Create(makesCustomer: true);
        await _desk.Post($"checkout/{session.Id}/pay", new { payment_method = "pm_card_visa", email = "new@example.com" });

        var done = await Read(session.Id);

        Assert.Equal("new@example.com", (await _desk.Api.Customers.GetAsync(done.CustomerId)).Email);
        Assert.Equal(done.CustomerId, (await _desk.Api.PaymentIntents.GetAsync(done.PaymentIntentId)).CustomerId);
    }

    [Fact]
    public async Task Expire_OnlyWhileItIsOpen()
    {
        var (open, paid) = (await Create(), await Create());
        await _desk.Post($"checkout/{paid.Id}/pay", new { payment_method = "pm_card_visa" });

        Assert.Equal("expired", (await _desk.Api.Checkout.Sessions.ExpireAsync(open.Id)).Status);
        await StripeDesk.Refused(() => _desk.Api.Checkout.Sessions.ExpireAsync(paid.Id));
        await StripeDesk.Refused(() => _desk.Api.Checkout.Sessions.ExpireAsync(open.Id));
    }

    [Fact]
    public async Task Session_AfterADay_IsExpiredAndTakesNoMoney()
    {
        var session = await Create();
        await _desk.Stripe.Advance(TimeSpan.FromHours(24));

        using var late = await Submit(session.Url, "pm_card_visa");

        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal("expired", (await Read(session.Id)).Status);
        Assert.Equal(["checkout.session.expired"], await _desk.Events("checkout."));
        Assert.Empty((await _desk.Api.Charges.ListAsync()).Data);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("/thanks")]
    public async Task Create_WithAnAddressThatIsNone_IsRefused(string url) =>
        await StripeDesk.Refused(() => Create(success: url), code: "url_invalid");

    [Fact]
    public async Task List_OfACustomer_HasTheirsOnly()
    {
        await Create();
        var mine = await _desk.Api.Checkout.Sessions.CreateAsync(
            new SessionCreateOptions
            {
                Mode = "setup",
                Customer = await _desk.NewCustomer(),
                Currency = "usd",
                SuccessUrl = Shop,
            }
        );

        var found = await _desk.Api.Checkout.Sessions.ListAsync(new SessionListOptions { Customer = mine.CustomerId });

        Assert.Equal([mine.Id], found.Data.Select(s => s.Id));
    }

    private Task<Session> Create(
        string name = "Starter hosting",
        string currency = "usd",
        bool makesCustomer = false,
        string success = Shop + "?session={CHECKOUT_SESSION_ID}"
    ) =>
        _desk.Api.Checkout.Sessions.CreateAsync(
            new SessionCreateOptions
            {
                Mode = "payment",
                SuccessUrl = success,
                CancelUrl = "https://shop.example/cart",
                CustomerCreation = makesCustomer ? "always" : null,
                Metadata = new() { ["of"] = "cart" },
                PaymentIntentData = new() { Metadata = new() { ["order"] = "7" } },
                LineItems =
                [
                    new()
                    {
                        Quantity = 2,
                        PriceData = new()
                        {
                            Currency = currency,
                            UnitAmount = 1000,
                            ProductData = new() { Name = name },
                        },
                    },
                ],
            }
        );

    private Task<HttpResponseMessage> Submit(string url, string method) =>
        _browser.PostAsync(url, Form(("method", method), ("email", "client@example.com"), ("name", "Anna"), ("country", "AT")));

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    private Task<Session> Read(string id) => _desk.Api.Checkout.Sessions.GetAsync(id);
}
