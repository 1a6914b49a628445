using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// Checks each page handler's own permission. A handler that changes something and names no permission serves nobody: deny by default,
/// as for routes. Pages for anybody, or for whoever is signed in, are excepted.
/// </summary>
public sealed class HandlerPermissions(AccessDenials denials) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (Allows(context.ActionDescriptor, context.HandlerMethod?.MethodInfo, context.HttpContext))
        {
            await next();
            return;
        }
        await denials.Record(context.HttpContext);
        context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden);
    }

    private static bool Allows(CompiledPageActionDescriptor page, MethodInfo? handler, HttpContext context)
    {
        if (handler?.GetCustomAttribute<PermissionAttribute>() is { } permission)
            return context.User.HasClaim(ApiKeyAuthentication.PermissionClaim, permission.Code);
        return HttpMethods.IsGet(context.Request.Method)
            || HttpMethods.IsHead(context.Request.Method)
            || page.ModelTypeInfo?.IsDefined(typeof(SignedInAttribute)) == true
            || page.ModelTypeInfo?.GetCustomAttributes().OfType<IAllowAnonymous>().Any() == true;
    }
}
