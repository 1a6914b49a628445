using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>Asks Stripe within one bound, and turns all that may go wrong into a value.</summary>
public sealed class StripeAnswers(IOptions<StripeOptions> options, TimeProvider time)
{
    /// <summary>Why Stripe gave no answer that can be used; null when it did.</summary>
    /// <param name="ask">Waits for the answer itself by the token: the library's waits between attempts heed none.</param>
    public async Task<PaymentLookup?> Failure(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var total = new CancellationTokenSource(options.Value.TotalTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(total.Token, cancellationToken);
        try
        {
            await ask(bound.Token);
            return null;
        }
        catch (StripeException refused)
        {
            return StripeErrorReading.Read(refused, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PaymentLookup.Unavailable("stripe_timeout", "Stripe did not answer in time.", null);
        }
        catch (HttpRequestException e)
        {
            return new PaymentLookup.Unavailable("stripe_unreachable", $"Stripe could not be reached ({e.HttpRequestError}).", null);
        }
        catch (SocketException e)
        {
            // A connection that is reset the moment it stands comes out of HttpClient as the socket's own exception.
            return new PaymentLookup.Unavailable("stripe_unreachable", $"Stripe could not be reached ({e.SocketErrorCode}).", null);
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException or JsonException)
        {
            // What the library throws over JSON that is no object, such as null.
            return StripePaymentReading.Unreadable("it is JSON of another shape");
        }
    }
}
