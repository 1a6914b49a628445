using MPanel.Jobs.Emails;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Emails;

public static class EmailWords
{
    /// <summary>What a message is about, for people.</summary>
    public static string Title(string template) => EmailTemplates.Find(template)?.Title ?? template;
}

public static class EmailTabs
{
    /// <param name="current">Path of the tab that is open.</param>
    public static IReadOnlyList<PageTab> Of(string current) =>
        [
            new PageTab("E-mails", "/emails", current == "/emails"),
            new PageTab("Templates", "/emails/templates", current == "/emails/templates"),
        ];
}
