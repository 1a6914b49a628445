using System.Net;
using MPanel.StripeSimulator.Methods;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>Plain HTML: no script, nothing loaded.</summary>
internal static class CheckoutHtml
{
    public static string Unknown { get; } = Page("Unknown", "<p>There is no such Checkout Session.</p>");

    /// <param name="asks">3-D Secure is to be gone through.</param>
    /// <param name="problem">Why the last attempt was refused, or null.</param>
    public static string Page(SimulatedSession session, bool asks, string? problem)
    {
        var alert = problem is null ? "" : $"""<p role="alert">{Text(problem)}</p>""";
        var title = session.Mode == SimulatedSession.Payment ? "Simulated payment" : "Simulated card setup";
        var body =
            !session.IsOpen ? $"<p>This Checkout Session is {Text(session.Status)}.</p>"
            : asks ? Question(session)
            : Form(session);
        return Page(title, $"{Items(session)}{alert}{body}");
    }

    private static string Items(SimulatedSession session) =>
        session.Items.Count == 0
            ? ""
            : $"""
                <table><caption>No real money moves.</caption>
                <tr><th>Item</th><th>Quantity</th><th>Each, in minor units</th></tr>
                {string.Concat(session.Items.Select(i => $"<tr><td>{Text(i.Name)}</td><td>{i.Quantity}</td><td>{i.UnitAmount}</td></tr>"))}
                </table>
                <p>Total: <strong id="total">{session.Total} {Text(session.Currency)}</strong></p>
                """;

    private static string Form(SimulatedSession session) =>
        $"""
            <form method="post" action="/checkout/{session.Id}">
            <p><label>E-mail <input name="email" type="email" value="{Text(session.Email)}"></label></p>
            <p><label>Name <input name="name"></label></p>
            <p><label>Country <input name="country" maxlength="2" size="2" value="US"></label></p>
            <p><label>Card <select name="method">{string.Concat(TestMethods.All.Select(Option))}</select></label></p>
            <p><button type="submit" id="pay">{(session.Mode == SimulatedSession.Payment ? "Pay" : "Save card")}</button></p>
            </form>
            {Cancel(session)}
            """;

    private static string Question(SimulatedSession session) =>
        $"""
            <form method="post" action="/checkout/{session.Id}/authenticate">
            <p>The bank asks whether it is really you.</p>
            <p><button name="answer" value="pass" id="pass">Complete</button> <button name="answer" value="fail" id="fail">Fail</button></p>
            </form>
            """;

    private static string Cancel(SimulatedSession session) =>
        session.CancelUrl is null ? "" : $"""<p><a id="cancel" href="{Text(session.CancelUrl)}">Cancel</a></p>""";

    private static string Option(TestMethod method) =>
        $"""<option value="{method.Token}">{method.Token} ({method.Brand} {method.Last4})</option>""";

    private static string Page(string title, string body) =>
        $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>
            <body><main><h1>{title}</h1>{body}</main></body>
            </html>
            """;

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
