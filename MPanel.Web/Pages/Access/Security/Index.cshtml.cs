using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.TagHelpers;

namespace MPanel.Web.Pages.Access.Security;

public sealed class IndexModel(ListDatabase database) : ListPage<LoginAttemptRow, LoginAttemptFilter>(All, database)
{
    private static readonly PanelList<LoginAttemptRow, LoginAttemptFilter> All = new(
        "login attempts",
        new ListDefinition(
            "-at",
            "The whole e-mail address",
            LoginAttemptList.Sorts,
            [ListFilter.OneOf("outcome", "Outcome", [.. LoginOutcome.All])]
        ),
        (query, _) => new LoginAttemptFilter(query.Q, query.Text("outcome")),
        LoginAttemptList.Read,
        (db, filter, _) => LoginAttemptList.Count(db, filter),
        new("At", a => a.At),
        new("E-mail address", a => a.Email),
        new("Outcome", a => a.Outcome),
        new("From", a => a.RemoteAddress),
        new("Browser", a => a.UserAgent)
    );

    /// <summary>The status whose colour an outcome has.</summary>
    public static string Colour(string outcome) =>
        outcome switch
        {
            LoginOutcome.SignedIn => TaskState.Success,
            LoginOutcome.PasswordAccepted => TaskState.Pending,
            LoginOutcome.LockedOut => StatusTagHelper.Locked,
            _ => IntakeState.NeedsReview,
        };
}
