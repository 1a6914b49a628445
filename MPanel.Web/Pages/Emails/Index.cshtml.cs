using MPanel.Database.Emails;
using MPanel.Database.Lists;
using MPanel.Jobs.Emails;
using MPanel.Web.Api.Emails;
using MPanel.Web.Platform.Lists;
using Npgsql;

namespace MPanel.Web.Pages.Emails;

public sealed class IndexModel(ListDatabase database, MailSwitch mail) : ListPage<EmailRow, EmailFilter>(EmailRoutes.List, database)
{
    public RelayView Relay { get; private set; } = null!;

    protected override async Task ReadMore(NpgsqlConnection db, EmailFilter filter, ListTotal total) =>
        Relay = new RelayView(await EmailRelay.Get(db), mail.Missing, mail.ToDirectory);
}

/// <summary>Whether e-mail is sent, as the pages say it.</summary>
/// <param name="Missing">Settings; none where it is sent.</param>
/// <param name="ToDirectory">Messages lie in a directory, and leave the machine by no way.</param>
public sealed record RelayView(RelayRow Row, IReadOnlyList<string> Missing, bool ToDirectory);
