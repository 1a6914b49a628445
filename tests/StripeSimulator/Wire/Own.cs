using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>The objects of the key's own mode.</summary>
internal static class Own
{
    /// <summary>The object of the call's address.</summary>
    /// <param name="kind">As a missing one is spoken of.</param>
    /// <param name="param">Which parameter the error names.</param>
    public static T? Find<T>(StripeCall call, string kind, string param, out StripeError? missing)
        where T : class, IStripeObject => Find<T>(call, call.Id, kind, param, out missing);

    public static T? Find<T>(StripeCall call, string id, string kind, string param, out StripeError? missing)
        where T : class, IStripeObject
    {
        var found = call.State.Find<T>(id);
        missing = found switch
        {
            null => StripeError.Missing(kind, id, param),
            _ when found.Livemode != call.LiveMode => StripeError.OtherMode(kind, id, param, found.Livemode),
            _ => null,
        };
        return missing is null ? found : null;
    }

    /// <summary>Whether a list's parameter asks for this value, or for nothing in particular.</summary>
    public static bool Asked(StripeCall call, string parameter, string? value) => call.Form[parameter] is not { } asked || asked == value;
}
