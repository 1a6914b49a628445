using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;

namespace MPanel.Tests.Unit.Jobs.Orders;

public sealed class OrderRulesTests
{
    private static readonly PublicSuffixes Suffixes = PublicSuffixes.Parse(
        ["com", "net", "uk", "co.uk", "me.uk", "io", "github.io"],
        "2026-01-01"
    );

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
        var (body, faults) = OrderRules.Check(Valid, "USD", Suffixes);

        Assert.Empty(faults);
        Assert.Equal("techstartup.net", body!.PrimaryDomain);
        Assert.Equal(40.83m, body.Total);
    }

    [Fact]
    public void Check_OfAnEmptyOrder_NamesEveryFieldAtOnce()
    {
        var (body, faults) = OrderRules.Check(new OrderRequest(), "USD", Suffixes);

        Assert.Null(body);
        Assert.Equal(["stripePaymentIntentId", "customerEmail", "customerName", "primaryDomain", "items"], faults.Select(f => f.Path));
    }

    [Fact]
    public void Check_OfAnEmptyItem_NamesEveryFieldOfIt()
    {
        var (_, faults) = OrderRules.Check(Valid with { Items = [Valid.Items![0], null] }, "USD", Suffixes);

        Assert.Equal(["items[1].productSlug", "items[1].qty", "items[1].unitPrice", "items[1].billingPeriod"], faults.Select(f => f.Path));
    }

    [Theory]
    [InlineData("pi_../../x")]
    [InlineData("pi_")]
    [InlineData("ch_123")]
    [InlineData("pi_a\nbc")]
    [InlineData("pi_a?expand[]=x")]
    public void Check_OfAHostilePaymentIntentId_Refuses(string id) =>
        Assert.Equal("invalid_payment_intent_id", Assert.Single(Faults(Valid with { StripePaymentIntentId = id })).Code);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Cli\u200Bent")]
    [InlineData("Cli\u200Dent")]
    [InlineData("Cli\u200Cent")]
    [InlineData("Кли\u200Dент")]
    [InlineData("\u200B \uFEFF")]
    [InlineData("\u3164")]
    [InlineData("Client\u202Eeman")]
    [InlineData("Client\u2066man\u2069")]
    [InlineData("علی\u202Eرضا")]
    [InlineData("A\U000E0041B")]
    [InlineData("Client\u0000")]
    [InlineData("Client\nName")]
    public void Check_OfANameWithNothingToSeeOrMoreThanIsSeen_Refuses(string name) =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = name })).Code);

    [Theory]
    [InlineData("Zoë Ångström-O'Neill")]
    [InlineData("山田 太郎")]
    [InlineData("Emoji 🚀 Ltd")]
    [InlineData("علی\u200Cرضا احمدی")]
    [InlineData("क्\u200Dष शर्मा")]
    [InlineData("ශ්\u200Dරී ලංකා")]
    [InlineData("👨\u200D👩\u200D👧\u200D👦 Family")]
    [InlineData("👩🏽\u200D⚕\uFE0F Clinic")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F Pub")]
    public void Check_OfANameInAnyScript_KeepsItAsItIs(string name) =>
        Assert.Equal(name, OrderRules.Check(Valid with { CustomerName = name }, "USD", Suffixes).Value?.CustomerName);

    [Theory]
    [InlineData("\uFEFFClient Name", "Client Name")]
    [InlineData("Cli\u00ADent Name", "Client Name")]
    [InlineData("Client\u2060 Name\u200B", "Client Name")]
    [InlineData("\u200Eدانا\u200F احمدی\u061C", "دانا احمدی")]
    [InlineData("Client\tName", "Client Name")]
    [InlineData("\t Client \u00A0 Name \r\n", "Client Name")]
    [InlineData("山田\u3000太郎", "山田 太郎")]
    [InlineData("ไทย\u200Bแลนด์", "ไทยแลนด์")]
    [InlineData("Zoe\u0308", "Zo\u00EB")]
    public void Check_OfAPastedName_KeepsWhatIsSeen(string name, string expected) =>
        Assert.Equal(expected, OrderRules.Check(Valid with { CustomerName = name }, "USD", Suffixes).Value?.CustomerName);

    [Theory]
    [InlineData(" client@example.com\t", "client@example.com")]
    [InlineData("\uFEFFclient@example.com", "client@example.com")]
    [InlineData("client@example.com.", "client@example.com")]
    public void Check_OfAPastedAddress_IsTheAddress(string email, string expected) =>
        Assert.Equal(expected, OrderRules.Check(Valid with { CustomerEmail = email }, "USD", Suffixes).Value?.CustomerEmail);

    [Theory]
    [InlineData(" techstartup.net\t")]
    [InlineData("techstartup.net.")]
    [InlineData("https://techstartup.net/")]
    [InlineData("HTTP://TechStartup.net")]
    [InlineData("\uFEFFhttps://techstartup.net./ ")]
    public void Check_OfAPastedDomain_IsTheDomain(string domain) =>
        Assert.Equal("techstartup.net", OrderRules.Check(Valid with { PrimaryDomain = domain }, "USD", Suffixes).Value?.PrimaryDomain);

    [Theory]
    [InlineData("müller@example.com")]
    [InlineData("用户@example.com")]
    public void Check_OfAnAddressWithAForeignLocalPart_SaysWhatIsWrong(string email) =>
        Assert.Contains("before the @", Assert.Single(Faults(Valid with { CustomerEmail = email })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("29.880000000000003", "USD", "29.88")]
    [InlineData("29.879999999999999", "USD", "29.88")]
    [InlineData("0.30000000000000004", "USD", "0.3")]
    [InlineData("1500.0000000000002", "JPY", "1500")]
    [InlineData("24.679999999999996", "KWD", "24.68")]
    [InlineData("4.999999999", "USD", "5")]
    public void Check_OfAPriceThatACalculationBlurred_RoundsIt(string price, string currency, string expected)
    {
        var order = WithItem(new("starter", 1, decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), "year"));

        Assert.Equal(
            expected,
            OrderRules
                .Check(order, currency, Suffixes)
                .Value?.Items[0]
                .UnitPrice.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    [Fact]
    public void Check_OfANameWithHalfASurrogatePair_Refuses() =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = "a" + (char)0xD800 + "b" })).Code);

    [Fact]
    public void Check_OfANameOf10000Characters_Refuses() =>
        Assert.Equal("invalid_name", Assert.Single(Faults(Valid with { CustomerName = new string('x', 10_000) })).Code);

    [Theory]
    [InlineData("me.uk")]
    [InlineData("GitHub.io")]
    [InlineData("https://github.io./")]
    public void Check_OfAPublicSuffix_Refuses(string domain) =>
        Assert.Equal("public_suffix", Assert.Single(Faults(Valid with { PrimaryDomain = domain })).Code);

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
    [InlineData("29.88000001")]
    [InlineData("1000000.01")]
    [InlineData("79228162514264337593543950335")]
    public void Check_OfAnImpossiblePrice_Refuses(string price) =>
        Assert.Equal("invalid_price", Assert.Single(Faults(WithItem(new("starter", 1, decimal.Parse(price), "year")))).Code);

    [Fact]
    public void Check_OfAPriceFinerThanTheCurrency_Refuses()
    {
        var order = WithItem(new("starter", 1, 100.5m, "year"));

        Assert.Equal("invalid_price", Assert.Single(OrderRules.Check(order, "JPY", Suffixes).Faults).Code);
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

    public static TheoryData<OrderRequest> SameOrders() =>
        [
            Valid with
            {
                PrimaryDomain = "techstartup.NET",
                CustomerName = " Client Name ",
                Items = [Valid.Items![0]! with { UnitPrice = 29.880m, Qty = 1.0m }, Valid.Items[1]],
            },
            Valid with
            {
                CustomerEmail = "Client@Example.COM",
            },
            Valid with
            {
                CustomerName = "Client \u00A0Name",
            },
            Valid with
            {
                Items = [Valid.Items[1], Valid.Items[0]],
            },
            Valid with
            {
                Items = [Valid.Items[0]! with { UnitPrice = 29.880000000000003m }, Valid.Items[1]],
            },
            Valid with
            {
                PrimaryDomain = "https://techstartup.net/",
            },
        ];

    [Theory]
    [MemberData(nameof(SameOrders))]
    public void Digest_OfTheSameOrderWrittenDifferently_IsTheSame(OrderRequest other) => Assert.Equal(Digest(Valid), Digest(other));

    [Fact]
    public void Digest_OfAnotherUnicodeForm_IsTheSame() =>
        Assert.Equal(Digest(Valid with { CustomerName = "Zo\u00EB" }), Digest(Valid with { CustomerName = "Zoe\u0308" }));

    public static TheoryData<OrderRequest> OtherOrders() =>
        [
            Valid with
            {
                StripePaymentIntentId = "pi_3Qother",
            },
            Valid with
            {
                CustomerName = "Somebody Else",
            },
            Valid with
            {
                CustomerEmail = "other@example.com",
            },
            Valid with
            {
                PrimaryDomain = "other.net",
            },
            Valid with
            {
                Items = [Valid.Items![0]],
            },
            Valid with
            {
                Items = [Valid.Items[0], Valid.Items[1], Valid.Items[1]],
            },
            Valid with
            {
                Items = [Valid.Items[0]! with { Qty = 2 }, Valid.Items[1]],
            },
            Valid with
            {
                Items = [Valid.Items[0]! with { UnitPrice = 29.87m }, Valid.Items[1]],
            },
        ];

    [Theory]
    [MemberData(nameof(OtherOrders))]
    public void Digest_OfAnotherOrder_IsAnother(OrderRequest other) => Assert.NotEqual(Digest(Valid), Digest(other));

    [Fact]
    public void FromJson_OfToJson_IsTheSameBody()
    {
        var body = OrderRules.Check(Valid, "USD", Suffixes).Value!;

        Assert.Equal(body.ToJson(), OrderBody.FromJson(body.ToJson()).ToJson());
    }

    private static OrderRequest WithItem(OrderRequestItem item) => Valid with { Items = [item] };

    private static IReadOnlyList<FieldError> Faults(OrderRequest order) => OrderRules.Check(order, "USD", Suffixes).Faults;

    private static byte[] Digest(OrderRequest order) => OrderDigest.Of(OrderRules.Check(order, "USD", Suffixes).Value!);
}
