using Microsoft.OpenApi;

namespace MPanel.Web.Platform.Lists;

public static class ListDocumentation
{
    /// <summary>Names the list's parameters in the OpenAPI document.</summary>
    public static RouteHandlerBuilder TakesList(this RouteHandlerBuilder route, ListDefinition list) =>
        route.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                operation.Parameters ??= [];
                if (list.SearchHint is { } hint)
                    Add("q", hint);
                Add(
                    "sort",
                    $"{string.Join(", ", list.Sorts.Select(s => s.Key))}; - before it for descending. {list.DefaultSort} unless given."
                );
                Add("cursor", "The next or previous value of a page in the same order.");
                Add("pageSize", $"1 to {ListDefinition.LargestPage}, {ListDefinition.DefaultPageSize} unless given.");
                foreach (var filter in list.Filters)
                    Add(filter.Name, filter.Values.Count > 0 ? string.Join(", ", filter.Values) : $"{filter.Kind}");
                return Task.CompletedTask;

                void Add(string name, string description) =>
                    operation.Parameters!.Add(
                        new OpenApiParameter
                        {
                            Name = name,
                            In = ParameterLocation.Query,
                            Description = description,
                            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                        }
                    );
            }
        );
}
