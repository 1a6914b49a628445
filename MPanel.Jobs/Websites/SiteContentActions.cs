using MPanel.Database.Timelines;
using MPanel.Database.Websites;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <summary>What people say of the files of websites.</summary>
public sealed class SiteContentActions(NpgsqlDataSource dataSource)
{
    /// <summary>Somebody has put the files back that were lost with a server: it needs nobody any more.</summary>
    public async Task<Outcome<ChangedWebsite>> Back(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await LockedWebsite.Take(transaction, id) is not { } site)
            return new Outcome<ChangedWebsite>.Missing();
        if (!await ChangeWebsite.ContentIsBack(transaction, id))
            return Refusal.State("content_not_lost", $"No files of {site.Domain} are missed, or it stands on no server yet.");
        var text = $"The files of {site.Domain} are back.";
        await SiteTimeline.Add(transaction, id, text, actor.Name, actor.CorrelationId);
        await actor.Audit("website.content_back", $"website {site.Domain}").Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<ChangedWebsite>.Done(new ChangedWebsite(id, text));
    }
}
