using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <summary>What visitors of a suspended website are told, by reason: a page whole in itself, no request to anywhere.</summary>
internal static class SuspendedPages
{
    private static readonly (string Reason, string Title, string Text)[] Texts =
    [
        (SuspensionReason.Abuse, "This website was switched off", "It broke the rules of the company that hosts it."),
        (SuspensionReason.Unpaid, "This website is switched off", "A payment for it is due. It comes back when its owner has paid."),
        (SuspensionReason.Customer, "This website is switched off", "Its owner has switched it off for now. Please come back later."),
        (SuspensionReason.Removal, "This website is closed", "It will not come back at this address."),
    ];

    /// <summary>As values of nginx's map from the reason.</summary>
    public static string Map { get; } = string.Concat(Texts.Select(t => $"{t.Reason} {Quoted(t.Title, t.Text)};\n"));

    // A parameter of nginx's configuration has less than 4,096 bytes, and a dollar sign would begin a variable: a test looks.
    private static string Quoted(string title, string text) =>
        $"\"{Template.Read("suspended.html").Fill(("title", title), ("text", text)).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
