using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using MPanel.Web.Modules;

namespace MPanel.Web.Security;

/// <summary>
/// Gives every page its policy: its own attribute's, or else the permission of the module it lies in. A page with neither gets none, and
/// the fallback policy lets nobody in.
/// </summary>
public sealed class PagePolicies : IPageApplicationModelConvention
{
    public void Apply(PageApplicationModel model)
    {
        var attributes = model.HandlerTypeAttributes;
        if (attributes.OfType<IAllowAnonymous>().Any())
            return;
        if (attributes.OfType<SignedInAttribute>().Any())
            model.EndpointMetadata.Add(SignedIn().Build());
        else if (PermissionOf(model) is { } permission)
            model.EndpointMetadata.Add(SignedIn().RequireClaim(ApiKeyAuthentication.PermissionClaim, permission).Build());
    }

    private static string? PermissionOf(PageApplicationModel model) =>
        model.HandlerTypeAttributes.OfType<PermissionAttribute>().FirstOrDefault()?.Code
        ?? PanelModules.Of("/" + (model.RouteTemplate ?? model.ViewEnginePath).TrimStart('/'))?.Permission;

    private static AuthorizationPolicyBuilder SignedIn() =>
        new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName).RequireAuthenticatedUser();
}
