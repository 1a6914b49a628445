using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// On a page's handler that gives power away or shows a secret: whoever gave no password or code within the last five minutes is asked
/// for one first, so that an open browser alone gives nobody a way in that lasts.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AsksPasswordAttribute : Attribute;

/// <summary>The form that was sent, to be sent once more with the password.</summary>
/// <param name="Action">Path and query.</param>
/// <param name="Wrong">What is wrong with the answer; null at the first question.</param>
public sealed record PasswordAgainForm(string Action, IReadOnlyList<KeyValuePair<string, string>> Fields, string? Wrong);

/// <summary>
/// Asks, by a page that carries the form's fields and goes to the same address: nothing that was typed is lost, no script is needed, and
/// the right answer does at once what was asked for.
/// </summary>
public sealed class PasswordAgain(SecondFactor secondFactor, LoginLimit limit, IModelMetadataProvider metadata)
    : IAsyncPageFilter,
        IOrderedFilter
{
    /// <summary>Of the form.</summary>
    public const string Field = "PasswordAgain";

    private const string AntiforgeryField = "__RequestVerificationToken";

    /// <summary>Behind what checks permissions and fields: nobody is asked for what they may not do anyway.</summary>
    public int Order => 10;

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (!Asks(context.HandlerMethod) || http.User.HasClaim(c => c.Type == SessionAuthentication.ConfirmedLatelyClaim))
        {
            await next();
            return;
        }
        var answer = http.Request.HasFormContentType ? http.Request.Form[Field].ToString() : "";
        if (answer.Length > 0 && !limit.Allows(http))
            Ask(context, "Too many attempts from your network. Wait a minute.", StatusCodes.Status429TooManyRequests);
        else if (answer.Length == 0)
            Ask(context, null, StatusCodes.Status200OK);
        else if (
            !await secondFactor.Confirm(http, Id(http, ClaimTypes.NameIdentifier), Id(http, SessionAuthentication.SessionIdClaim), answer)
        )
            Ask(context, "This is not right, or there were too many attempts.", StatusCodes.Status200OK);
        else
            await next();
    }

    public static bool Asks(Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure.HandlerMethodDescriptor? handler) =>
        handler?.MethodInfo.IsDefined(typeof(AsksPasswordAttribute), inherit: false) == true;

    private void Ask(PageHandlerExecutingContext context, string? wrong, int status)
    {
        var request = context.HttpContext.Request;
        var fields = request.HasFormContentType
            ? request
                .Form.Where(f => f.Key is not (Field or AntiforgeryField))
                .SelectMany(f => f.Value.Select(v => KeyValuePair.Create(f.Key, v ?? "")))
            : [];
        context.Result = new ViewResult
        {
            ViewName = "/Pages/Shared/_PasswordAgain.cshtml",
            StatusCode = status,
            // Its own model state: what is wrong in the form is said when it is looked at.
            ViewData = new ViewDataDictionary<PasswordAgainForm>(metadata, new ModelStateDictionary())
            {
                Model = new PasswordAgainForm($"{request.Path}{request.QueryString}", [.. fields], wrong),
            },
        };
    }

    private static long Id(HttpContext context, string claim) =>
        long.Parse(context.User.FindFirstValue(claim)!, CultureInfo.InvariantCulture);
}
