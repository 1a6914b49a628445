using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Api.Jobs;

/// <summary>Everything that failed for good, tasks and jobs alike; of either, only for whoever may see it.</summary>
public static class FailedRoutes
{
    public static readonly ListDefinition List = new(
        "-failed",
        "Domain, or what a job is about",
        FailedWork.Sorts,
        [ListFilter.OneOf("what", "What", "tasks", "given_up", "review"), ListFilter.Text("code", "Error code")]
    );

    public static FailedWorkFilter Filter(ListQuery query, ClaimsPrincipal viewer)
    {
        var what = query.Text("what");
        return new FailedWorkFilter(
            viewer.HasPermission(Permissions.ProvisioningView) && what is (null or "tasks"),
            viewer.HasPermission(Permissions.JobsView) && what is not "tasks",
            what is "given_up" or "review" ? what : null,
            query.Like,
            query.Text("code")
        );
    }

    public static async Task<Results<Ok<Page<FailedView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database)
    {
        var query = ListQuery.Read(List, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        await using var db = await database.Open(context.RequestAborted);
        var filter = Filter(query, context.User);
        var slice = await FailedWork.Read(db, filter, query.Slice);
        return TypedResults.Ok(query.Page(slice, await FailedWork.Count(db, filter), FailedView.Of));
    }
}
