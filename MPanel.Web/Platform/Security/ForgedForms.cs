using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// A form that this panel did not make for this person: its antiforgery token is missing or another's, or it has fields that the page
/// does not ask for. Refused with 400 and audited.
/// </summary>
public sealed class ForgedForms(AccessDenials denials) : IAsyncPageFilter, IAsyncAlwaysRunResultFilter, IOrderedFilter
{
    private static readonly HashSet<string> Ours = ["__RequestVerificationToken", "handler"];

    /// <summary>Before what checks permissions, so that the forgery is what is reported.</summary>
    public int Order => -10;

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (UnknownField(context) is not { } field)
        {
            await next();
            return;
        }
        await denials.Forged(context.HttpContext, $"unknown_field {(field.Length > 60 ? field[..60] : field)}");
        context.Result = new StatusCodeResult(StatusCodes.Status400BadRequest);
    }

    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        if (context.Result is IAntiforgeryValidationFailedResult)
        {
            await denials.Forged(context.HttpContext, "antiforgery");
            context.Result = new StatusCodeResult(StatusCodes.Status400BadRequest);
        }
        await next();
    }

    /// <summary>What model binding had a use for has an entry in the model state.</summary>
    private static string? UnknownField(PageHandlerExecutingContext context) =>
        HttpMethods.IsPost(context.HttpContext.Request.Method)
        && context.HttpContext.Request.HasFormContentType
        // The error page shows what came of somebody else's form.
        && context.HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null
        && context.HttpContext.Features.Get<IExceptionHandlerFeature>() is null
            ? context.HttpContext.Request.Form.Keys.FirstOrDefault(k =>
                !Ours.Contains(k)
                && !(k == PasswordAgain.Field && PasswordAgain.Asks(context.HandlerMethod))
                && !context.ModelState.ContainsKey(k)
            )
            : null;
}
