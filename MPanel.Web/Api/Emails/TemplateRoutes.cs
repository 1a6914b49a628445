using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Emails;

public static class TemplateRoutes
{
    private const string Route = "/api/admin/email-templates";

    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, All).RequirePermission(Permissions.EmailsView).WithSummary("What the panel says by e-mail, and how");
        app.MapGet($"{Route}/{{code}}", One).RequirePermission(Permissions.EmailsView).Refuses(404).WithSummary("One template");
        app.MapPut($"{Route}/{{code}}", Save)
            .RequirePermission(Permissions.EmailsManage)
            .Refuses(404, 409)
            .WithSummary("Change a template");
        app.MapDelete($"{Route}/{{code}}", Reset)
            .RequirePermission(Permissions.EmailsManage)
            .Refuses(404)
            .WithSummary("The program's own template again");
        app.MapPost($"{Route}/{{code}}/preview", Preview)
            .RequirePermission(Permissions.EmailsManage)
            .Refuses(404)
            .WithSummary("What a template would say; nothing is saved or sent");
    }

    private static async Task<Ok<List<TemplateView>>> All(HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return TypedResults.Ok((await TemplateActions.All(db)).Select(TemplateView.Of).ToList());
    }

    private static async Task<Results<Ok<TemplateView>, ProblemHttpResult>> One(string code, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await TemplateActions.Get(db, code) is { } template
            ? TypedResults.Ok(TemplateView.Of(template))
            : Problems.NotFound("template");
    }

    private static async Task<Results<Ok<TemplateView>, ProblemHttpResult>> Save(
        string code,
        TemplateChange request,
        HttpContext context,
        TemplateActions actions
    )
    {
        var source = new TemplateSource(request.Subject, request.Text, request.Html);
        return await (await actions.Save(context.Actor(), code, request.Version, source)).ToResult(
            context,
            "template",
            saved => TypedResults.Ok(TemplateView.Of(saved)),
            theirs => OutcomeAnswers.NothingSaved("template", theirs.Version)
        );
    }

    private static async Task<Results<Ok<TemplateView>, ProblemHttpResult>> Reset(
        string code,
        HttpContext context,
        TemplateActions actions
    ) => await (await actions.Reset(context.Actor(), code)).ToResult(context, "template", own => TypedResults.Ok(TemplateView.Of(own)));

    private static Results<Ok<TemplatePreview>, ProblemHttpResult> Preview(string code, TemplateDraft request, EmailRenderer renderer)
    {
        if (EmailTemplates.Find(code) is not { } template)
            return Problems.NotFound("template");
        var source = new TemplateSource(request.Subject, request.Text, request.Html);
        if (renderer.Faults(template, source) is { Count: > 0 } faults)
            return Problems.Invalid([.. faults.Select(f => new FieldError(f.Part, "malformed", $"Line {f.Line}: {f.Message}"))]);
        var (content, missing) = renderer.Preview(template, source);
        return TypedResults.Ok(new TemplatePreview(content.Subject, content.Text, content.Html, missing));
    }
}
