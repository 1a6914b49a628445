using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;

namespace MPanel.Tests.Unit.Jobs.Orders;

public sealed class OrderRulesTests
{
    private static readonly OrderRequest Valid = new(
        "pi_3Qexample",
        "client@example.com",
        "Client Name",
        [new OrderRequestItem("starter", 1, 29.88m, "year"), new OrderRequestItem("wp-growth", 1, 10.95m, "month")],
        "TechStartup.net"
    );

    [Fact]
    public void Check_OfAValidOrder_GivesTheCanonicalBody()
    {
        var (body, faults) = OrderRules.Check(Valid, "USD");

        Assert.Empty(faults);
        Assert.Equal("techstartup.net", body!.PrimaryDomain);
        Assert.Equal(40.83m, body.Total);
    }

    [Fact]
    public void Check_OfAnEmptyOrder_NamesEveryFieldAtOnce()
    {
        var (body, faults) = OrderRules.Check(new OrderRequest(), "USD");

        Assert.Null(body);
        Assert.Equal(["stripePaymentIntentId", "customerEmail", "customerName", "primaryDomain", "items"], faults.Select(f => f.Path));
    }

    [Fact]
    public void Check_OfAnEmptyItem_NamesEveryFieldOfIt()
    {
        var (_, faults) = OrderRules.Check(Valid with { Items = [Valid.Items![0], null] }, "USD");

        Assert.Equal(["items[1].productSlug", "items[1].qty", "items[1].unitPrice", "items[1].billingPeriod"], faults.Select(f => f.Path));
    }

    [Theory]
    [InlineData("pi_../../x")]
    [InlineData("pi_")]
    [InlineData("ch_123")]
    [InlineData("pi_abc\n")]
    [InlineData("pi_a?expand[]=x")]
    public void Check_OfAHostilePaymentIntentId_Refuses(string id) =>
        Assert.Equal("invalid_payment_intent_id", Assert.Single(Faults(Valid with { StripePaymentIntentId = id })).Code);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Cli\u200Bent")]
    [InlineData("Client\u202Eeman")]
    [InlineData("Client\u0000")]
    [InlineData("Client\nName")]
    public void Check_OfANameWithNothingToSeeOrMoreThanIsSeen_Refuses(string name) =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = name })).Code);

    [Theory]
    [InlineData("Zoë Ångström-O'Neill")]
    [InlineData("山田 太郎")]
    [InlineData("Emoji 🚀 Ltd")]
    public void Check_OfANameInAnyScript_Accepts(string name) => Assert.Empty(Faults(Valid with { CustomerName = name }));

    [Fact]
    public void Check_OfANameWithHalfASurrogatePair_Refuses() =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = "a" + (char)0xD800 + "b" })).Code);

    [Fact]
    public void Check_OfANameOf10000Characters_Refuses() =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = new string('x', 10_000) })).Code);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1000")]
    [InlineData("1.5")]
    [InlineData("79228162514264337593543950335")]
    public void Check_OfAQuantityOutOfRange_Refuses(string qty) =>
        Assert.Equal("invalid_quantity", Assert.Single(Faults(WithItem(new("starter", decimal.Parse(qty), 1m, "year")))).Code);

    [Theory]
    [InlineData("-0.01")]
    [InlineData("29.888")]
    [InlineData("1000000.01")]
    [InlineData("79228162514264337593543950335")]
    public void Check_OfAnImpossiblePrice_Refuses(string price) =>
        Assert.Equal("invalid_price", Assert.Single(Faults(WithItem(new("starter", 1, decimal.Parse(price), "year")))).Code);

    [Fact]
    public void Check_OfAPriceFinerThanTheCurrency_Refuses()
    {
        var order = WithItem(new("starter", 1, 100.5m, "year"));

        Assert.Equal("invalid_price", Assert.Single(OrderRules.Check(order, "JPY").Faults).Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("weekly")]
    [InlineData("MONTH")]
    public void Check_OfAnUnknownPeriod_Refuses(string? period) =>
        Assert.Equal("invalid_billing_period", Assert.Single(Faults(WithItem(new("starter", 1, 1m, period)))).Code);

    [Fact]
    public void Check_Of51Items_Refuses() =>
        Assert.Equal("invalid_item_count", Assert.Single(Faults(Valid with { Items = [.. Enumerable.Repeat(Valid.Items![0], 51)] })).Code);

    [Fact]
    public void Check_OfNothingToPay_Refuses() =>
        Assert.Equal("nothing_to_pay", Assert.Single(Faults(WithItem(new("starter", 1, 0m, "year")))).Code);

    [Fact]
    public void Digest_OfTheSameOrderWrittenDifferently_IsTheSame()
    {
        var other = Valid with
        {
            PrimaryDomain = "techstartup.NET",
            CustomerName = " Client Name ",
            Items = [Valid.Items![0]! with { UnitPrice = 29.880m, Qty = 1.0m }, Valid.Items[1]],
        };

        Assert.Equal(Digest(Valid), Digest(other));
        Assert.NotEqual(Digest(Valid), Digest(Valid with { CustomerName = "Somebody Else" }));
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSameBody()
    {
        var body = OrderRules.Check(Valid, "USD").Value!;

        Assert.Equal(body.ToJson(), OrderBody.FromJson(body.ToJson()).ToJson());
    }

    private static OrderRequest WithItem(OrderRequestItem item) => Valid with { Items = [item] };

    private static IReadOnlyList<FieldError> Faults(OrderRequest order) => OrderRules.Check(order, "USD").Faults;

    private static byte[] Digest(OrderRequest order) => OrderBody.Digest(OrderRules.Check(order, "USD").Value!.ToJson());
}
