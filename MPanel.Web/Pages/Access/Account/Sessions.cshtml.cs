using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Account;

[SignedIn]
public sealed class SessionsModel(NpgsqlDataSource dataSource, PasswordQuestion question, IOptions<AccessOptions> options) : PanelPage
{
    public IReadOnlyList<SessionRow> Rows { get; private set; } = [];

    [BindProperty]
    public string? Password { get; set; }

    public async Task OnGetAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        Rows = await Sessions.Live(db, UserId, options.Value.SessionIdle);
    }

    /// <summary>Without the password: ending one lost browser must be quick, and costs its owner no more than signing in again.</summary>
    public async Task<IActionResult> OnPostEndAsync(long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (!await Sessions.End(transaction, UserId, id))
            return Refused("That session has ended already.");
        await Audit("user.session_ended", $"user {ActorName}", new { session = id }).Append(db, transaction);
        await transaction.CommitAsync();
        return Done("That browser is signed out.");
    }

    public async Task<IActionResult> OnPostOthersAsync()
    {
        if (!await question.Answered(this, nameof(Password), Password))
        {
            await OnGetAsync();
            return Page();
        }
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var ended = await Sessions.EndAll(transaction, UserId, but: SessionId);
        await Audit("user.sessions_ended", $"user {ActorName}", new { ended }).Append(db, transaction);
        await transaction.CommitAsync();
        return Done("You are signed out everywhere else, and your personal keys are suspended.");
    }
}
