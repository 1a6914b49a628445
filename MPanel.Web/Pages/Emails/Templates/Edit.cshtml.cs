using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Emails.Templates;

public sealed class EditModel(ListDatabase database, TemplateActions actions, EmailRenderer renderer) : PanelPage
{
    [BindProperty]
    public string? Subject { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Html { get; set; }

    public EmailTemplate Template { get; private set; } = null!;

    public string Sample => PrettyJson.Of(Template.Sample);

    /// <summary>What saving the form would replace.</summary>
    public int CurrentVersion { get; private set; }

    /// <summary>Names the form: sent twice, it is one test.</summary>
    public Guid RequestId { get; } = Guid.NewGuid();

    /// <summary>Null while something is wrong with the template.</summary>
    public RenderedEmail? Preview { get; private set; }
    public EditConflict? Conflict { get; private set; }

    private TemplateSource Source => new(Subject ?? "", Text ?? "", Html ?? "");

    public async Task<IActionResult> OnGetAsync(string code)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await TemplateActions.Get(db, code) is not { } template)
            return NotFound();
        Show(template);
        return Page();
    }

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostAsync(string code, int version)
    {
        if (EmailTemplates.Find(code) is not { } template)
            return NotFound();
        (Template, CurrentVersion) = (template, version);
        switch (await actions.Save(Actor, code, version, Source))
        {
            case Outcome<TemplateInUse>.Done:
                return Done("The template was saved. Messages are written with it from now on.");
            case Outcome<TemplateInUse>.Refused { Why: var why }:
                foreach (var fault in why.Faults)
                    ModelState.AddModelError(Field(fault.Path), fault.Message);
                break;
            case Outcome<TemplateInUse>.Conflict { Current: var theirs }:
                (CurrentVersion, Conflict) = (theirs.Version, Compare(theirs.Source));
                Response.StatusCode = StatusCodes.Status409Conflict;
                break;
        }
        return Page();
    }

    /// <summary>Saves nothing.</summary>
    [Permission(Permissions.EmailsManage)]
    public IActionResult OnPostPreview(string code, int version)
    {
        if (EmailTemplates.Find(code) is not { } template)
            return NotFound();
        (Template, CurrentVersion) = (template, version);
        foreach (var fault in renderer.Faults(template, Source))
            ModelState.AddModelError(Field(fault.Part), $"Line {fault.Line}: {fault.Message}");
        if (ModelState.IsValid)
            Show(renderer.Preview(template, Source));
        return Page();
    }

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostResetAsync(string code) =>
        await Answer(await actions.Reset(Actor, code), _ => "Messages are written with MPanel's own template again.");

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostTestAsync(string code, Guid requestId) =>
        await Answer(
            await actions.Test(Actor, code, requestId == Guid.Empty ? Guid.NewGuid() : requestId),
            address => $"A test is on its way to {address}, as the template is saved."
        );

    private void Show(TemplateInUse template)
    {
        (Template, CurrentVersion) = (template.Template, template.Version);
        (Subject, Text, Html) = (template.Source.Subject, template.Source.Text, template.Source.Html);
        if (renderer.Faults(Template, Source).Count == 0)
            Show(renderer.Preview(Template, Source));
    }

    private void Show(RenderedEmail preview)
    {
        Preview = preview;
        MailFrame.AllowStyles(Response);
    }

    private EditConflict Compare(TemplateSource theirs) =>
        new("template", [new("Subject", theirs.Subject, Subject), new("Plain text", theirs.Text, Text), new("HTML", theirs.Html, Html)]);

    private static string Field(string part) =>
        part switch
        {
            "subject" => nameof(Subject),
            "text" => nameof(Text),
            _ => nameof(Html),
        };
}
