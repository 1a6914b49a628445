using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Products;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Products;

/// <summary>A product in the list.</summary>
/// <param name="Provisions">hosting, backup, mail, ssl or none.</param>
/// <param name="Subscriptions">Not cancelled ones, counted to 10,000.</param>
public sealed record ProductView(
    long Id,
    string Code,
    string Name,
    string Provisions,
    bool Active,
    long Subscriptions,
    IReadOnlyList<ProductPrice> Prices,
    DateTimeOffset CreatedAt
);

/// <summary>One product.</summary>
/// <param name="Version">Raised by every edit, also of a price; an edit names the one it began from.</param>
/// <param name="ServerRole">Null where there is nothing to provision.</param>
/// <param name="ServerTags">What the server must have, all of them.</param>
/// <param name="Rank">Of several hosting plans on one domain the highest gives the website its limits.</param>
/// <param name="Subscriptions">Not cancelled ones, counted to 10,000.</param>
/// <param name="Websites">Those that have its limits, counted to 10,000.</param>
/// <param name="Limits">Of each website; they mean nothing where no hosting is provisioned.</param>
public sealed record ProductFullView(
    long Id,
    int Version,
    string Code,
    string Name,
    string Description,
    string Provisions,
    string? ServerRole,
    IReadOnlyList<string> ServerTags,
    int Rank,
    bool Active,
    long Subscriptions,
    long Websites,
    PlanLimits Limits,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public IReadOnlyList<ProductPrice> Prices { get; init; } = [];

    public static ProductFullView Of(ProductDetail p) =>
        new(
            p.Id,
            p.Version,
            p.Code,
            p.Fields.Name,
            p.Fields.Description,
            p.Fields.Provisions,
            p.Fields.ServerRole,
            p.Fields.ServerTags,
            p.Fields.Rank,
            p.Fields.Active,
            p.Subscriptions,
            p.Websites,
            p.Limits,
            p.CreatedAt,
            p.UpdatedAt
        )
        {
            Prices = p.Prices,
        };
}

/// <param name="Code">What orders name it by; never changes.</param>
/// <param name="ServerRole">web, dns, mail, db or panel; left out for the role that does such work, and where nothing is provisioned.</param>
/// <param name="Rank">0 to 1,000,000; of several hosting plans on one domain the highest gives the website its limits.</param>
/// <param name="Limits">Of each website of a hosting plan; what is left out has a default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewProduct(
    string? Code = null,
    string? Name = null,
    string? Description = null,
    string? Provisions = null,
    string? ServerRole = null,
    IReadOnlyList<string?>? ServerTags = null,
    bool Active = true,
    IReadOnlyList<PriceInput?>? Prices = null,
    int? Rank = null,
    LimitsInput? Limits = null
)
{
    public ProductInput Input => new(Name, Description, Provisions, ServerRole, ServerTags, Active, Rank, Limits);
}

/// <param name="Version">As read: another one by now is a conflict.</param>
/// <param name="Code">Must be left out, or what it is: it never changes.</param>
/// <param name="Name">Each field left out, or null, stays as it is.</param>
/// <param name="Prices">Those to add or change; the others stay as they are.</param>
/// <param name="Limits">What is left out stays as it is. Websites of the plan hear of a change by a job.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ProductPatch(
    int Version,
    string? Code = null,
    string? Name = null,
    string? Description = null,
    string? Provisions = null,
    string? ServerRole = null,
    IReadOnlyList<string?>? ServerTags = null,
    bool? Active = null,
    IReadOnlyList<PriceInput?>? Prices = null,
    int? Rank = null,
    LimitsInput? Limits = null
)
{
    public ProductInput Over(ProductDetail now) =>
        new(
            Name ?? now.Fields.Name,
            Description ?? now.Fields.Description,
            Provisions ?? now.Fields.Provisions,
            // What becomes without anything to provision loses its server by itself.
            ServerRole ?? (Provisions == TaskKind.None ? null : now.Fields.ServerRole),
            ServerTags ?? now.Fields.ServerTags,
            Active ?? now.Fields.Active,
            Rank ?? now.Fields.Rank,
            Limits
        );
}

public static class ProductRoutes
{
    private const string Route = "/api/admin/products";

    public static readonly PanelList<ProductRow, ProductFilter> List = new(
        "products",
        new ListDefinition(
            "code",
            "Code or name",
            ProductList.Sorts,
            [ListFilter.OneOf("active", "Sold", "yes", "no"), ListFilter.OneOf("provisions", "Provisions", [.. ProductRules.Provisions])]
        ),
        Filter,
        ProductList.Read,
        (db, filter, _) => ProductList.Count(db, filter),
        new("Code", p => p.Code),
        new("Name", p => p.Name),
        new("Provisions", p => p.Provisions),
        new("Prices", p => string.Join("; ", p.Prices.Where(x => x.Active).Select(ProductWords.Price))),
        new("Sold", p => p.Active ? "yes" : "no"),
        new("Subscriptions", p => ProductWords.UsedBy(p.Subscriptions)),
        new("Created", p => p.CreatedAt)
    );

    public static void MapProducts(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.ProductsView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Products with their prices");
        app.MapGet($"{Route}/{{code}}", One)
            .RequirePermission(Permissions.ProductsView)
            .Refuses(404)
            .WithSummary("One product, by code or id");
        app.MapPost(Route, Create).RequirePermission(Permissions.ProductsManage).WithSummary("A new product");
        app.MapPatch($"{Route}/{{code}}", Change)
            .RequirePermission(Permissions.ProductsManage)
            .Refuses(404, 409)
            .WithSummary("Change a product and its prices; what is sold keeps its price");
    }

    private static ProductFilter Filter(ListQuery query, HttpContext _) =>
        new(
            query.Like,
            query.Text("active") switch
            {
                "yes" => true,
                "no" => false,
                _ => null,
            },
            query.Text("provisions")
        );

    public static Task<Results<Ok<Page<ProductView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<ProductFullView>, ProblemHttpResult>> One(string code, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await ProductFacts.Of(db, code) is { } product ? TypedResults.Ok(ProductFullView.Of(product)) : Problems.NotFound("product");
    }

    public static async Task<Results<Created<ProductFullView>, ProblemHttpResult>> Create(
        NewProduct request,
        HttpContext context,
        ProductActions actions
    )
    {
        var created = await actions.Create(context.Actor(), request.Code, request.Input, request.Prices ?? []);
        return await created.ToResult(
            context,
            "product",
            product => TypedResults.Created($"{Route}/{product.Code}", ProductFullView.Of(product))
        );
    }

    public static async Task<Results<Ok<ProductFullView>, ProblemHttpResult>> Change(
        string code,
        ProductPatch request,
        HttpContext context,
        ProductActions actions,
        NpgsqlDataSource dataSource
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await ProductFacts.Of(db, code) is not { } product)
            return Problems.NotFound("product");
        if (request.Code is not null && request.Code != product.Code)
            return Problems.Invalid([new("code", "code_never_changes", "A product's code never changes.")]);
        var changed = await actions.Update(context.Actor(), product.Code, request.Version, request.Over, request.Prices ?? []);
        return await changed.ToResult(
            context,
            "product",
            product => TypedResults.Ok(ProductFullView.Of(product)),
            now => OutcomeAnswers.NothingSaved("product", now.Version)
        );
    }

    private static ProductView View(ProductRow p) =>
        new(p.Id, p.Code, p.Name, p.Provisions, p.Active, p.Subscriptions, p.Prices, p.CreatedAt);
}
