using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

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
/// <param name="Proof">With the route of one domain; null elsewhere.</param>
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
    DomainProofView? Proof,
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
    public static readonly PanelList<DomainRow, DomainFilter> List = new(
        "domains",
        new ListDefinition(
            "name",
            "Domain",
            DomainList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. DomainState.All]),
                ListFilter.OneOf("website", "Website", "yes", "no"),
                ListFilter.Number("customer"),
            ]
        ),
        Filter,
        DomainList.Read,
        (db, filter, _) => DomainList.Count(db, filter),
        new("Domain", d => d.Name),
        new("As written", d => DomainName.Unicode(d.Name)),
        new("Status", d => d.Status),
        new("Customer", d => d.Customer),
        new("Website", d => d.WebsiteStatus),
        new("Created", d => d.CreatedAt)
    );

    public static void MapDomains(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/domains", Page)
            .RequirePermission(Permissions.DomainsView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Domains");
        app.MapPost("/api/admin/domains", Add)
            .RequirePermission(Permissions.DomainsManage)
            .Refuses(409, 422)
            .WithSummary("Add a domain for a customer");
        app.MapGet("/api/admin/domains/{id:long}", One).RequirePermission(Permissions.DomainsView).Refuses(404).WithSummary("One domain");
        app.MapPatch("/api/admin/domains/{id:long}", Change)
            .RequirePermission(Permissions.DomainsManage)
            .Refuses(404, 409)
            .WithSummary("Give a domain on which nothing lives to another customer");
        app.MapDomainProof();
    }

    private static DomainFilter Filter(ListQuery query, HttpContext _) =>
        new(
            (query with { Q = query.Q is null ? null : DomainName.Searched(query.Q) }).Like,
            query.Text("status"),
            query.Text("website"),
            query.Number("customer")
        );

    public static Task<Results<Ok<Page<DomainView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<DomainDetailView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await DomainFacts.Of(db, id) is { } domain
            ? TypedResults.Ok(View(domain, await DomainProof.Of(db, id)))
            : Problems.NotFound("domain");
    }

    public static async Task<Results<Created<DomainDetailView>, ProblemHttpResult>> Add(
        NewDomainRequest request,
        HttpContext context,
        DomainActions actions
    )
    {
        var added = await actions.Add(context.Actor(), request.Name, request.CustomerId);
        return await added.ToResult(context, "domain", domain => TypedResults.Created($"/api/admin/domains/{domain.Id}", View(domain)));
    }

    public static async Task<Results<Ok<DomainDetailView>, ProblemHttpResult>> Change(
        long id,
        DomainPatch patch,
        HttpContext context,
        DomainActions actions
    )
    {
        var changed = await actions.ChangeCustomer(context.Actor(), id, patch.Version, patch.CustomerId);
        return await changed.ToResult(
            context,
            "domain",
            domain => TypedResults.Ok(View(domain)),
            domain => $"Somebody else changed {domain.Name} meanwhile."
        );
    }

    private static DomainView View(DomainRow d) =>
        new(d.Id, d.Name, DomainName.Unicode(d.Name), d.Status, d.CustomerId, d.Customer, d.WebsiteId, d.CreatedAt);

    private static DomainDetailView View(DomainDetail d, DomainProof? proof = null) =>
        new(
            d.Id,
            d.Name,
            DomainName.Unicode(d.Name),
            d.Status,
            d.Customer.Id,
            d.Customer.Name,
            d.Version,
            d.Website?.Id,
            d.Website?.Status,
            proof is null ? null : DomainProofView.Of(d.Name, proof),
            d.CreatedAt,
            d.UpdatedAt
        );
}
