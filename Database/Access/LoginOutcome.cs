namespace MPanel.Database.Access;

/// <summary>How an attempt to sign in ended.</summary>
public static class LoginOutcome
{
    public const string SignedIn = "signed_in";

    /// <summary>The code is still to come.</summary>
    public const string PasswordAccepted = "password_accepted";
    public const string UnknownUser = "unknown_user";
    public const string NotActive = "not_active";
    public const string WrongPassword = "wrong_password";
    public const string WrongCode = "wrong_code";
    public const string LockedOut = "locked_out";

    /// <summary>A one-time password came too late.</summary>
    public const string PasswordExpired = "password_expired";

    /// <summary>Somebody asked for a link to set a new password; whether there is such a user or not.</summary>
    public const string ResetAsked = "reset_asked";

    /// <summary>Somebody set a new password by such a link.</summary>
    public const string PasswordReset = "password_reset";

    public static readonly IReadOnlyList<string> All =
    [
        SignedIn,
        PasswordAccepted,
        UnknownUser,
        NotActive,
        WrongPassword,
        WrongCode,
        LockedOut,
        PasswordExpired,
        ResetAsked,
        PasswordReset,
    ];
}
