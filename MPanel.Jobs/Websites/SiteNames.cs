using MPanel.Jobs.Text;

namespace MPanel.Jobs.Websites;

public static class SiteNames
{
    private const string Www = "www.";
    private const int Longest = 253;

    /// <summary>
    /// The second name that a new website answers to: a name and its www name are one website. Null where there is none, as of a name that is
    /// too long for a www before it.
    /// </summary>
    /// <param name="domain">ASCII, lower case.</param>
    public static string? SecondOf(string domain, PublicSuffixes suffixes)
    {
        if (!domain.StartsWith(Www, StringComparison.Ordinal))
            return domain.Length + Www.Length <= Longest ? Www + domain : null;
        var bare = domain[Www.Length..];
        // Others register their names below a suffix.
        return bare.Contains('.', StringComparison.Ordinal) && !suffixes.IsSuffix(bare) ? bare : null;
    }
}
