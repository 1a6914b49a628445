using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Attention;

public static class AttentionRoutes
{
    public static void MapAttention(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/attention", Page)
            .RequirePermission(
                Permissions.OrdersView,
                Permissions.ProvisioningView,
                Permissions.JobsView,
                Permissions.ServersView,
                Permissions.WebsitesView,
                Permissions.EmailsView,
                Permissions.SecurityView
            )
            .Refuses(400)
            .TakesList(AttentionReading.List)
            .WithSummary(
                "What needs a person, the latest first: orders, provisioning tasks, payments, servers, websites, background jobs, e-mail and API keys"
            );

    public static async Task<Results<Ok<AttentionPage>, ProblemHttpResult>> Page(
        HttpContext context,
        ListDatabase database,
        AttentionReading attention
    )
    {
        var query = ListQuery.Read(AttentionReading.List, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        await using var db = await database.Open(context.RequestAborted);
        var read = await attention.Read(db, query, context.User);
        var page = query.Page(read.Slice, read.Total, row => AttentionView.Of(row, context.User));
        return TypedResults.Ok(
            new AttentionPage(
                page.Items,
                page.Total,
                page.Next,
                page.Previous,
                page.TotalIsExact,
                AttentionKind.All.ToDictionary(kind => kind, read.Counts.Of)
            )
        );
    }
}
