using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Emails;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Emails;

public sealed class DetailsModel(ListDatabase database, EmailActions actions) : PanelPage
{
    public EmailDetail Email { get; private set; } = null!;

    public string Facts => PrettyJson.Of(Email.Facts);

    /// <summary>Names the form: sent twice, it is one e-mail.</summary>
    public Guid RequestId { get; } = Guid.NewGuid();

    public async Task<IActionResult> OnGetAsync(long id) => await Find(id) ? Page() : NotFound();

    /// <summary>The HTML part by itself, for a frame.</summary>
    public async Task<IActionResult> OnGetHtmlAsync(long id) =>
        await Find(id) && Email.Content is { } content ? MailFrame.Of(Response, content.Html) : NotFound();

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostResendAsync(long id, Guid requestId)
    {
        var outcome = await actions.Resend(Actor, id, requestId == Guid.Empty ? Guid.NewGuid() : requestId);
        return outcome is Outcome<EmailDetail>.Done { Value: var sent }
            ? Done("It is sent again. This page says what becomes of it.", $"/emails/{sent.Id}")
            : await NotDone(outcome);
    }

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostAllowAsync(long suppression) =>
        await Answer(await actions.Allow(Actor, suppression), address => $"{address} gets mail again.");

    private async Task<bool> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await EmailFacts.Of(db, id) is not { } email)
            return false;
        Email = email;
        return true;
    }
}
