using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Account;

/// <summary>Asks for the password once more, so that whoever only found an open browser can't change how its owner gets in.</summary>
public sealed class PasswordQuestion(SignIn signIn)
{
    /// <param name="field">Of the form, beside which a refusal stands.</param>
    public async Task<bool> Answered(PanelPage page, string field, string? password)
    {
        if (await signIn.Confirm(page.HttpContext, page.UserId, password ?? ""))
            return true;
        page.ModelState.AddModelError(field, "This is not your password, or there were too many attempts.");
        return false;
    }
}
