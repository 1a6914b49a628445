namespace MPanel.StripeSimulator.Failures;

/// <summary>The call is done and its answer kept for its key, but what reaches the caller is something else, or nothing.</summary>
internal static class LostAnswer
{
    public static async Task Apply(HttpContext context, Failure failure, Func<Task> call, CancellationToken cleared)
    {
        var wire = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await call();
        }
        finally
        {
            context.Response.Body = wire;
        }
        switch (failure.Kind)
        {
            case FailureKind.Truncated or FailureKind.MalformedJson:
                await Half(context, answer.ToArray(), cut: failure.Kind == FailureKind.Truncated);
                break;
            // The API's own 500 is the answer itself already, and is kept as such.
            case FailureKind.ServerError:
                await wire.WriteAsync(answer.ToArray(), CancellationToken.None);
                break;
            default:
                if (!await BrokenTransport.Apply(context, failure, cleared))
                    await wire.WriteAsync(answer.ToArray(), CancellationToken.None);
                break;
        }
    }

    private static async Task Half(HttpContext context, byte[] answer, bool cut)
    {
        if (cut)
            context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
        await context.Response.Body.FlushAsync();
        if (cut)
            context.Abort();
    }
}
