using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>The page that a browser is sent to, as a customer clicks through it. No key is asked for: knowing its address is enough, as at Stripe.</summary>
internal static class CheckoutPage
{
    public static void MapCheckoutPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/checkout/{id}", (string id, StripeState state) => Show(state, id, null));
        routes.MapPost("/checkout/{id}", Pay);
        routes.MapPost("/checkout/{id}/authenticate", Authenticate);
    }

    private static IResult Show(StripeState state, string id, string? problem, int status = 200) =>
        state.Do(() =>
        {
            Due.Run(state);
            return state.Find<SimulatedSession>(id) is { } session
                ? Html(CheckoutHtml.Page(session, Asks(state, session), problem), status)
                : Html(CheckoutHtml.Unknown, 404);
        });

    private static async Task<IResult> Pay(HttpContext context, string id, StripeState state)
    {
        if (!context.Request.HasFormContentType)
            return Show(state, id, "Choose a card.", 400);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var typed = new Typed($"{form["method"]}", Text(form["email"]), Text(form["name"]), Text(form["country"]));
        return state.Do(() =>
        {
            Due.Run(state);
            if (state.Find<SimulatedSession>(id) is not { } session)
                return Html(CheckoutHtml.Unknown, 404);
            return Sessions.Submit(state, session, typed) is { } refusal
                ? Show(state, id, refusal.Message, refusal.Status)
                : Onward(state, id);
        });
    }

    private static async Task<IResult> Authenticate(HttpContext context, string id, StripeState state)
    {
        var passes =
            context.Request.HasFormContentType && (await context.Request.ReadFormAsync(context.RequestAborted))["answer"] == "pass";
        return state.Do(() =>
        {
            if (state.Find<SimulatedSession>(id) is not { } session)
                return Html(CheckoutHtml.Unknown, 404);
            if (session.PaymentIntent is { } payment)
                Finishing.Finish(state, state.Find<SimulatedPayment>(payment)!, passes);
            else if (session.SetupIntent is { } setup)
                SettingUp.Finish(state, state.Find<SimulatedSetup>(setup)!, passes);
            return Onward(state, id);
        });
    }

    private static IResult Onward(StripeState state, string id)
    {
        var session = state.Find<SimulatedSession>(id)!;
        if (session.Status == "complete")
            return new SeeOther(new Uri(session.Back).AbsoluteUri);
        return Show(state, id, Asks(state, session) ? null : "The card was not accepted. Choose another one.");
    }

    private static bool Asks(StripeState state, SimulatedSession session) =>
        session.IsOpen
        && (
            session.PaymentIntent is { } payment && state.Find<SimulatedPayment>(payment)?.Status == "requires_action"
            || session.SetupIntent is { } setup && state.Find<SimulatedSetup>(setup)?.Status == "requires_action"
        );

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static IResult Html(string page, int status) => Results.Text(page, "text/html; charset=utf-8", statusCode: status);

    // The framework has no result for it: a GET has to follow, or going back in the browser pays again.
    private sealed record SeeOther(string Location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = Location;
            return Task.CompletedTask;
        }
    }
}
