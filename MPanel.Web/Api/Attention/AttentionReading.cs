using System.Security.Claims;
using Microsoft.Extensions.Options;
using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Dashboard;
using MPanel.Web.Platform.Lists;
using Npgsql;

namespace MPanel.Web.Api.Attention;

/// <summary>A slice of the list, as far as the viewer may see it.</summary>
/// <param name="Counts">Of every kind that the viewer may see, whichever is asked for.</param>
/// <param name="Total">Of what is asked for.</param>
public sealed record AttentionSlice(Slice<AttentionRow> Slice, AttentionCounts Counts, ListTotal Total);

/// <summary>Reads what needs a person, for page, API and menu alike.</summary>
public sealed partial class AttentionReading
{
    public static readonly ListDefinition List = new(
        "-since",
        "Order, domain, e-mail or server",
        AttentionList.Sorts,
        [
            // The page shows it as tabs.
            new ListFilter("kind", null, FilterKind.OneOf, AttentionKind.All),
            ListFilter.Text("code", "Reason code"),
        ]
    );

    private readonly ListDatabase _database;
    private readonly TimeSpan _offlineAfter;
    private readonly Kept<AttentionCounts> _counts;
    private readonly ILogger<AttentionReading> _log;

    public AttentionReading(
        ListDatabase database,
        IOptions<ProvisioningOptions> provisioning,
        TimeProvider clock,
        ILogger<AttentionReading> log
    )
    {
        (_database, _offlineAfter, _log) = (database, provisioning.Value.OfflineAfter, log);
        _counts = new(clock, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1), CountAll, LogFailure);
    }

    public Task<Slice<AttentionRow>> Rows(NpgsqlConnection db, ListQuery query, SliceRequest slice, ClaimsPrincipal viewer) =>
        AttentionList.Read(db, Filter(query, Asked(query, AttentionRules.Visible(viewer))), slice);

    public async Task<AttentionSlice> Read(NpgsqlConnection db, ListQuery query, ClaimsPrincipal viewer)
    {
        var visible = AttentionRules.Visible(viewer);
        var asked = Asked(query, visible);
        var slice = await AttentionList.Read(db, Filter(query, asked), query.Slice);
        var counts = await AttentionCounts.Read(db, Filter(query, visible));
        return new AttentionSlice(slice, counts, counts.Total(asked));
    }

    /// <summary>Unfiltered and some seconds old, for the menu and the dashboard; null while the database can't be asked.</summary>
    public async Task<AttentionCounts?> Counts()
    {
        try
        {
            return (await _counts.Get()).Value;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The menu has no count then. Whatever page it stands on says what is wrong.
            return null;
        }
    }

    private async Task<AttentionCounts> CountAll()
    {
        await using var db = await _database.Open(CancellationToken.None);
        return await AttentionCounts.Read(db, new AttentionFilter(AttentionKind.All, _offlineAfter));
    }

    private AttentionFilter Filter(ListQuery query, IReadOnlyCollection<string> kinds) =>
        new(kinds, _offlineAfter, query.Like, query.Text("code"));

    private static IReadOnlyList<string> Asked(ListQuery query, IReadOnlyList<string> visible) =>
        query.Text("kind") is { } kind ? [.. visible.Where(v => v == kind)] : visible;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What needs attention could not be counted")]
    private partial void LogFailure(Exception exception);
}
