namespace MPanel.Web.Platform.Security.Identity;

/// <summary>A user as ASP.NET Core Identity handles one: as far as passwords are concerned.</summary>
public sealed class PanelUser
{
    public required long Id { get; init; }
    public required string Email { get; init; }

    /// <summary>Null until an invited user sets one.</summary>
    public string? PasswordHash { get; set; }
}
