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
    ];
}
