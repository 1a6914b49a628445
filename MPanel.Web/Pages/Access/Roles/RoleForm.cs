using Microsoft.AspNetCore.Mvc.ModelBinding;
using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Roles;

/// <param name="Role">Null for a new one.</param>
/// <param name="Permissions">Codes that are ticked.</param>
/// <param name="Authority">Of whoever fills it in: nobody gives what they don't have.</param>
public sealed record RoleForm(
    RoleRow? Role,
    string Name,
    string Description,
    bool RequiresTwoFactor,
    IReadOnlyCollection<string> Permissions,
    int Version,
    IReadOnlyList<PermissionGroup> Groups,
    Authority Authority,
    ModelStateDictionary State
)
{
    public string? Error(string field) => State.TryGetValue(field, out var entry) ? entry.Errors.FirstOrDefault()?.ErrorMessage : null;
}
