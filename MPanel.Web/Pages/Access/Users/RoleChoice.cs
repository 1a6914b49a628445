using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Users;

/// <param name="Chosen">Codes.</param>
/// <param name="Authority">Of whoever chooses: nobody gives what they don't have.</param>
public sealed record RoleChoice(IReadOnlyList<RoleRow> All, IReadOnlyCollection<string> Chosen, Authority Authority);
