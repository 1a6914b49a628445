using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Web.Platform.Lists;

/// <summary>
/// Lists as CSV files. A connection is held while a slice is read and never while the client takes its time, so that slow downloads keep
/// nobody from the lists; and one person has two at most, because each holds a request of the panel's.
/// </summary>
public sealed class CsvExports(ListDatabase database) : IDisposable
{
    private const int AtOnce = 2;

    private readonly PartitionedRateLimiter<string> _running = PartitionedRateLimiter.Create<string, string>(user =>
        RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = 0 })
    );

    /// <param name="name">Of the file, without its ending.</param>
    /// <param name="read">Reads a slice of the list.</param>
    public async Task<IActionResult> Send<T>(
        HttpContext context,
        string name,
        ListQuery query,
        Func<NpgsqlConnection, SliceRequest, Task<Slice<T>>> read,
        IReadOnlyList<ListColumn<T>> columns
    )
    {
        using var lease = _running.AttemptAcquire(context.User.FindFirstValue(ClaimTypes.NameIdentifier)!);
        if (!lease.IsAcquired)
        {
            context.Response.Headers.RetryAfter = 60.ToString(CultureInfo.InvariantCulture);
            return new StatusCodeResult(StatusCodes.Status429TooManyRequests);
        }
        await CsvFile.Write(context.Response, name, query, Slice, columns);
        return new EmptyResult();

        async Task<Slice<T>> Slice(SliceRequest slice)
        {
            await using var db = await database.Open(context.RequestAborted);
            return await read(db, slice);
        }
    }

    public void Dispose() => _running.Dispose();
}
