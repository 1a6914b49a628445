using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Emails;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Emails;

public static class EmailRoutes
{
    private const string Route = "/api/admin/emails";

    public static readonly PanelList<EmailRow, EmailFilter> List = new(
        "e-mails",
        new ListDefinition(
            "-created",
            "Recipient's address",
            EmailList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. EmailState.All]),
                ListFilter.OneOf("template", "About", [.. EmailTemplateCode.All]),
                ListFilter.Number("customer"),
                ListFilter.Day("from", "From"),
                ListFilter.Day("to", "to"),
            ]
        ),
        Filter,
        EmailList.Read,
        (db, filter, _) => EmailList.Count(db, filter),
        new("About", e => e.Template),
        new("Recipient", e => e.Recipient),
        new("Status", e => e.Status),
        new("Subject", e => e.Subject),
        new("Reason", e => e.Reason),
        new("Tries", e => e.Tries),
        new("Created", e => e.CreatedAt),
        new("Sent", e => e.SentAt)
    );

    public static void MapEmails(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.EmailsView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("E-mails that the panel sent, or is to send");
        app.MapGet($"{Route}/{{id:long}}", One)
            .RequirePermission(Permissions.EmailsView)
            .Refuses(404)
            .WithSummary("One e-mail with what it said");
        app.MapPost($"{Route}/{{id:long}}/resend", Resend)
            .RequirePermission(Permissions.EmailsManage)
            .Refuses(404, 409, 422)
            .WithSummary("Send the same again");
        app.MapDelete("/api/admin/email-suppressions/{id:long}", Allow)
            .RequirePermission(Permissions.EmailsManage)
            .Refuses(404)
            .WithSummary("Let an address get mail again that a mail server refused");
        app.MapTemplates();
    }

    private static EmailFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.Q is { } q ? EmailAddress.Normalize(q) ?? q : null,
            query.Text("status"),
            query.Text("template"),
            query.Number("customer"),
            query.StartOf("from", context.User.TimeZone()),
            query.EndOf("to", context.User.TimeZone())
        );

    public static Task<Results<Ok<Page<EmailView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<EmailFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await EmailFacts.Of(db, id) is { } email ? TypedResults.Ok(EmailFullView.Of(email)) : Problems.NotFound("e-mail");
    }

    private static async Task<Results<Accepted<EmailFullView>, ProblemHttpResult>> Resend(
        long id,
        ResendRequest request,
        HttpContext context,
        EmailActions actions
    )
    {
        var outcome = await actions.Resend(context.Actor(), id, request.RequestId ?? Guid.NewGuid());
        return await outcome.ToResult(context, "e-mail", sent => TypedResults.Accepted($"{Route}/{sent.Id}", EmailFullView.Of(sent)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Allow(long id, HttpContext context, EmailActions actions) =>
        await (await actions.Allow(context.Actor(), id)).ToResult(context, "suppression", _ => TypedResults.NoContent());

    private static EmailView View(EmailRow e) =>
        new(e.Id, e.Template, e.Recipient, e.CustomerId, e.Status, e.Tries, e.Subject, e.Reason, e.CreatedAt, e.SentAt);
}
