using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using MPanel.Web.Platform.Modules;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// Gives every page its policy: its own attribute's, or else the permissions of the module it lies in. A page with neither gets none, and
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
        else if (PermissionsOf(model) is { } anyOf)
            model.EndpointMetadata.Add(SignedIn().RequireClaim(ApiKeyAuthentication.PermissionClaim, anyOf).Build());
    }

    private static IReadOnlyList<string>? PermissionsOf(PageApplicationModel model) =>
        model.HandlerTypeAttributes.OfType<PermissionAttribute>().FirstOrDefault() is { } own
            ? [own.Code]
            : PanelModules.Of("/" + (model.RouteTemplate ?? model.ViewEnginePath).TrimStart('/'))?.Permissions;

    private static AuthorizationPolicyBuilder SignedIn() =>
        new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName).RequireAuthenticatedUser();
}
