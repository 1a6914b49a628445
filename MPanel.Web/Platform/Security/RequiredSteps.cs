namespace MPanel.Web.Platform.Security;

/// <summary>
/// Leads users who must set a new password or set up two-factor login there, before anything else. Comes behind authorization, which
/// has found out who it is.
/// </summary>
public sealed class RequiredSteps(RequestDelegate next)
{
    public const string PasswordPage = "/account/password";
    public const string TwoFactorPage = "/account/two-factor";

    public Task Invoke(HttpContext context)
    {
        if (StepOf(context) is not { } page || context.Request.Path.StartsWithSegments(page) || IsLogout(context))
            return next(context);
        Redirection.Send(context, page);
        return Task.CompletedTask;
    }

    private static string? StepOf(HttpContext context) =>
        context.User.HasClaim(c => c.Type == SessionAuthentication.MustChangePasswordClaim) ? PasswordPage
        : context.User.HasClaim(c => c.Type == SessionAuthentication.MustSetUpTwoFactorClaim) ? TwoFactorPage
        : null;

    private static bool IsLogout(HttpContext context) => context.Request.Path.StartsWithSegments("/logout");
}
