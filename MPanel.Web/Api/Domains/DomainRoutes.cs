using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Text;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Api.Domains;

/// <summary>A domain in the list.</summary>
/// <param name="Name">ASCII: an IDN as punycode.</param>
/// <param name="UnicodeName">As people write it.</param>
/// <param name="Status">unmanaged or managed.</param>
/// <param name="WebsiteId">Of the live website on it; null where there is none.</param>
public sealed record DomainView(
    long Id,
    string Name,
    string UnicodeName,
    string Status,
    long CustomerId,
    string Customer,
    long? WebsiteId,
    DateTimeOffset CreatedAt
);

/// <param name="Version">What a change names.</param>
/// <param name="WebsiteStatus">Null where there is no website.</param>
public sealed record DomainDetailView(
    long Id,
    string Name,
    string UnicodeName,
    string Status,
    long CustomerId,
    string Customer,
    int Version,
    long? WebsiteId,
    string? WebsiteStatus,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <param name="Name">A host name of two labels or more; an IDN in either form.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewDomainRequest(string Name, long CustomerId);

/// <param name="Version">The version that the change was made of.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DomainPatch(int Version, long CustomerId);

public static class DomainRoutes
{
    public static readonly ListDefinition List = new(
        "name",
        "Domain",
        DomainList.Sorts,
        [
            ListFilter.OneOf("status", "Status", "managed", "unmanaged"),
            ListFilter.OneOf("website", "Website", "yes", "no"),
            ListFilter.Number("customer"),
        ]
    );

    public static void MapDomains(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/domains", Page).RequirePermission("domains.view").Refuses(400).TakesList(List).WithSummary("Domains");
        app.MapPost("/api/admin/domains", Add)
            .RequirePermission("domains.manage")
            .Refuses(409, 422)
            .WithSummary("Add a domain for a customer");
        app.MapGet("/api/admin/domains/{id:long}", One).RequirePermission("domains.view").Refuses(404).WithSummary("One domain");
        app.MapPatch("/api/admin/domains/{id:long}", Change)
            .RequirePermission("domains.manage")
            .Refuses(404, 409)
            .WithSummary("Give a domain on which nothing lives to another customer");
    }

    public static DomainFilter Filter(ListQuery query) =>
        new(
            (query with { Q = query.Q is null ? null : DomainName.Searched(query.Q) }).Like,
            query.Text("status"),
            query.Text("website"),
            query.Number("customer")
        );

    public static async Task<Results<Ok<Page<DomainView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database)
    {
        var query = ListQuery.Read(List, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        await using var db = await database.Open(context.RequestAborted);
        var slice = await DomainList.Read(db, Filter(query), query.Slice);
        return TypedResults.Ok(query.Page(slice, await DomainList.Count(db, Filter(query)), View));
    }

    public static async Task<Results<Ok<DomainDetailView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await DomainFacts.Of(db, id) is { } domain ? TypedResults.Ok(View(domain)) : Problems.NotFound("domain");
    }

    public static async Task<Results<Created<DomainDetailView>, ProblemHttpResult>> Add(
        NewDomainRequest request,
        HttpContext context,
        DomainChanges changes
    )
    {
        if (DomainName.Normalize(request.Name) is not { } name)
            return Problems.Invalid([new("name", "malformed", "Must be a public host name of two labels or more.")]);
        if (changes.IsReserved(name))
            return Problems.Of(422, "domain_reserved", $"{name} is reserved.");
        var (outcome, domain) = await changes.Add(context, name, request.CustomerId);
        return outcome == DomainSaved.Saved
            ? TypedResults.Created($"/api/admin/domains/{domain!.Id}", View(domain))
            : Refusal(outcome, name);
    }

    public static async Task<Results<Ok<DomainDetailView>, ProblemHttpResult>> Change(
        long id,
        DomainPatch patch,
        HttpContext context,
        DomainChanges changes
    )
    {
        var (outcome, domain) = await changes.ChangeCustomer(context, id, patch.Version, patch.CustomerId);
        return outcome == DomainSaved.Saved ? TypedResults.Ok(View(domain!)) : Refusal(outcome, domain?.Name ?? "");
    }

    private static ProblemHttpResult Refusal(DomainSaved outcome, string name) =>
        outcome switch
        {
            DomainSaved.Unknown => Problems.NotFound("domain"),
            DomainSaved.NoCustomer => Problems.Invalid([new("customerId", "unknown_customer", "There is no such customer.")]),
            DomainSaved.Exists => Problems.Of(409, "domain_exists", $"{name} is there already."),
            DomainSaved.Taken => Problems.Of(409, "domain_taken", $"{name}, or a name above it, belongs to another customer."),
            DomainSaved.InUse => Problems.Of(409, "domain_in_use", $"Something lives on {name}, or below it."),
            _ => Problems.Of(409, "conflict", $"Somebody else changed {name} meanwhile."),
        };

    private static DomainView View(DomainRow d) =>
        new(d.Id, d.Name, DomainName.Unicode(d.Name), d.Status, d.CustomerId, d.Customer, d.WebsiteId, d.CreatedAt);

    private static DomainDetailView View(DomainDetail d) =>
        new(
            d.Id,
            d.Name,
            DomainName.Unicode(d.Name),
            d.Status,
            d.CustomerId,
            d.Customer,
            d.Version,
            d.WebsiteId,
            d.WebsiteStatus,
            d.CreatedAt,
            d.UpdatedAt
        );
}
