namespace MPanel.StripeSimulator.Payments;

/// <summary>Stripe's currencies and their limits: https://docs.stripe.com/currencies</summary>
internal static class Currencies
{
    private const string Names = """
        usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk
        djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd
        kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar
        ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof
        xpf yer zar zmw
        """;

    private const long Most = 99_999_999;

    private static readonly HashSet<string> Known = [.. Names.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    // Of the currency that it settles in, which is the same one here.
    private static readonly Dictionary<string, long> Least = new[]
    {
        KeyValuePair.Create(30L, "gbp"),
        KeyValuePair.Create(50L, "usd aud brl cad chf eur inr nzd sgd jpy"),
        KeyValuePair.Create(100L, "bgn"),
        KeyValuePair.Create(200L, "aed myr pln ron"),
        KeyValuePair.Create(250L, "dkk"),
        KeyValuePair.Create(300L, "nok sek"),
        KeyValuePair.Create(400L, "hkd"),
        KeyValuePair.Create(1000L, "mxn thb"),
        KeyValuePair.Create(1500L, "czk"),
        KeyValuePair.Create(17_500L, "huf"),
    }
        .SelectMany(least => least.Value.Split(' ').Select(name => KeyValuePair.Create(name, least.Key)))
        .ToDictionary();

    public static bool IsKnown(string currency) => Known.Contains(currency);

    /// <returns>Minor units; 1 where Stripe names no minimum.</returns>
    public static long LeastOf(string currency) => Least.GetValueOrDefault(currency, 1);

    public static long MostOf(string currency) =>
        currency switch
        {
            "inr" => 999_999_999,
            "idr" => 999_999_999_999,
            _ => Most,
        };

    /// <summary>What every amount is a multiple of.</summary>
    public static long StepOf(string currency) =>
        currency switch
        {
            // They have no fractions, and yet two decimals.
            "isk" or "ugx" => 100,
            // Card networks take three decimals only to the hundredth.
            "bhd" or "jod" or "kwd" or "omr" or "tnd" => 10,
            _ => 1,
        };
}
