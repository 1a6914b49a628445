using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Api;

/// <summary>Every error answer of the API: problem+json with a stable <c>code</c>, listed in docs/blueprint.md.</summary>
public static class Problems
{
    public static ProblemHttpResult Of(int status, string code, string title) => TypedResults.Problem(Details(status, code, title));

    /// <summary>400 with every wrong field at once.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyCollection<FieldError> errors)
    {
        var details = Details(StatusCodes.Status400BadRequest, "validation_failed", "The request has wrong or missing fields.");
        details.Extensions["errors"] = errors;
        return TypedResults.Problem(details);
    }

    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    /// <summary>Writes the problem as the whole answer, for places that have no endpoint result, such as authentication.</summary>
    public static async Task Write(HttpContext context, int status, string code, string title)
    {
        context.Response.StatusCode = status;
        var problems = context.RequestServices.GetRequiredService<IProblemDetailsService>();
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = Details(status, code, title) });
    }

    /// <summary>The code of an answer that nobody gave one, such as the framework's own 404.</summary>
    public static string DefaultCode(int? status) =>
        status switch
        {
            400 => "malformed_request",
            401 => "unauthenticated",
            403 => "forbidden",
            404 => "not_found",
            405 => "method_not_allowed",
            408 => "request_timeout",
            413 => "body_too_large",
            415 => "unsupported_media_type",
            429 => "too_many_requests",
            503 => "unavailable",
            _ => "internal_error",
        };

    private static ProblemDetails Details(int status, string code, string title) =>
        new()
        {
            Status = status,
            Title = title,
            Extensions = { ["code"] = code },
        };
}
