using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Api;

/// <summary>An error answer as the OpenAPI document describes it; <see cref="Problems"/> writes it.</summary>
/// <param name="Errors">With code validation_failed only.</param>
public sealed record Problem(int Status, string Code, string Title, string CorrelationId, IReadOnlyList<FieldError>? Errors);

/// <summary>The problem statuses that are a route's own, beside those that every route of its sort has.</summary>
public sealed record Refusals(int[] Statuses);

/// <summary>Says in the OpenAPI document who may call what, and how each route refuses; docs/blueprint.md says the same.</summary>
public static class OpenApiDocumentation
{
    private const string Scheme = "bearer";
    private const string ProblemSchema = "Problem";

    private static readonly int[] OfEveryApiRoute = [503];
    private static readonly int[] OfEveryBody = [400, 408, 413, 415];
    private static readonly int[] OfEveryKey = [401, 403, 429];

    public static TBuilder Refuses<TBuilder>(this TBuilder route, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Refusals(statuses));

    public static void DescribeAccessAndRefusals(this OpenApiOptions options)
    {
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                Describe(operation, context);
                return Task.CompletedTask;
            }
        );
        options.AddDocumentTransformer(
            async (document, context, cancellationToken) =>
            {
                document.AddComponent(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken));
                document.AddComponent(
                    Scheme,
                    new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = Scheme,
                        Description = "An API key (mpk_…), or on the worker routes a server's token (mps_…).",
                    }
                );
            }
        );
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var refusals = metadata.OfType<Refusals>().SelectMany(r => r.Statuses).ToList();
        if (context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true)
            refusals.AddRange(OfEveryApiRoute);
        if (operation.RequestBody is not null)
            refusals.AddRange(OfEveryBody);
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            refusals.AddRange(OfEveryKey);
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        }
        operation.Responses ??= [];
        foreach (var status in refusals)
            operation.Responses.TryAdd($"{status}", Refusal(status, context.Document));
    }

    private static OpenApiResponse Refusal(int status, OpenApiDocument? document) =>
        new()
        {
            Description = ReasonPhrases.GetReasonPhrase(status),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
            },
        };
}
