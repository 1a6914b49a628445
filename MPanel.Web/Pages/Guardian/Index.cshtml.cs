using Microsoft.AspNetCore.Mvc;
using MPanel.Jobs.Access;
using MPanel.Web.Api.Guardian;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Guardian;

public sealed class IndexModel(GuardianDeployment guardian) : PanelPage
{
    public GuardianStatus Status => GuardianStatus.Current;

    public void OnGet() { }

    [Permission(Permissions.GuardianManage)]
    public async Task<IActionResult> OnPostDeployAsync() => Refused((await guardian.Ask(HttpContext)).Message);
}
