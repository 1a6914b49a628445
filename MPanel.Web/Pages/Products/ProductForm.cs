using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Products;

namespace MPanel.Web.Pages.Products;

/// <summary>A product as its form sends it.</summary>
public sealed record ProductForm
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string? Provisions { get; init; } = TaskKind.Hosting;
    public string? ServerRole { get; init; } = Database.Servers.ServerRole.Web;

    /// <summary>Words with blanks or commas between them.</summary>
    public string? ServerTags { get; init; }
    public bool Active { get; init; } = true;
    public int? Rank { get; init; } = 0;

    public LimitsForm Limits { get; init; } = new();

    /// <summary>The form always names a role: where nothing is provisioned it means nothing.</summary>
    public ProductInput Input =>
        new(
            Name,
            Description,
            Provisions,
            Provisions == TaskKind.None ? null : ServerRole,
            ServerTags?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
            Active,
            // An emptied field is no rank: the rules ask for a number.
            Rank ?? -1,
            Limits.Input
        );

    public static ProductForm Of(ProductFields product, PlanLimits limits) =>
        new()
        {
            Name = product.Name,
            Description = product.Description,
            Provisions = product.Provisions,
            ServerRole = product.ServerRole ?? Database.Servers.ServerRole.Web,
            ServerTags = string.Join(' ', product.ServerTags),
            Active = product.Active,
            Rank = product.Rank,
            Limits = LimitsForm.Of(limits),
        };
}
