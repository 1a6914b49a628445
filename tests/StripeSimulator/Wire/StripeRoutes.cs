using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>A route of Stripe's API: its work is done whole, under the lock, with the answer kept for its key.</summary>
internal static class StripeRoutes
{
    /// <param name="parameters">Stripe's parameters of this route, beside <c>expand</c>.</param>
    public static void Get(
        this IEndpointRouteBuilder routes,
        string path,
        Func<StripeCall, IStripeAnswer> work,
        params string[] parameters
    ) => routes.MapGet(path, (HttpContext context) => Answer(StripeCall.Of(context), work, parameters));

    public static void Post(
        this IEndpointRouteBuilder routes,
        string path,
        Func<StripeCall, IStripeAnswer> work,
        params string[] parameters
    ) => routes.MapPost(path, (HttpContext context) => Answer(StripeCall.Of(context), work, parameters));

    public static void Delete(this IEndpointRouteBuilder routes, string path, Func<StripeCall, IStripeAnswer> work) =>
        routes.MapDelete(path, (HttpContext context) => Answer(StripeCall.Of(context), work, []));

    private static IResult Answer(StripeCall call, Func<StripeCall, IStripeAnswer> work, string[] parameters) =>
        call.State.Do(
            () =>
            {
                Due.Run(call.State);
                var mark = call.State.Mark;
                var answer = Parameters.Refusal(call.Form, parameters) ?? Shown(call, Expansion.Of(call, work(call)));
                // A declined payment exists afterwards; any other refused call leaves no mark.
                if (answer is StripeError { Type: not "card_error" } || Fails(call, FailureMoment.During))
                    call.State.Undo(mark);
                if (Fails(call, FailureMoment.During) || Fails(call, FailureMoment.After))
                    answer = BrokenTransport.ServerError(call.Failure!);
                IdempotencyKeys.Keep(call, answer);
                return answer;
            },
            Cause.Of(call)
        );

    private static IStripeAnswer Shown(StripeCall call, IStripeAnswer answer)
    {
        if (call.Failure is not { } failure || answer is StripeError)
            return answer;
        var json = answer.ToJson();
        if (json["object"]?.GetValue<string>() == "payment_intent")
            FalsePayment.Apply(json, failure.Kind);
        return StripeJson.Ok(json);
    }

    private static bool Fails(StripeCall call, FailureMoment when) =>
        call.Failure is { Kind: FailureKind.ServerError } failure && failure.When == when;
}
