using Microsoft.AspNetCore.Mvc;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Servers;

/// <summary>What the pages that create and edit a server share: the form.</summary>
public abstract class ServerFormPage : PanelPage
{
    [BindProperty]
    public ServerForm Form { get; set; } = new();

    /// <summary>The version that the form was filled from; 0 for a new server.</summary>
    [BindProperty]
    public int Version { get; set; }

    /// <summary>Those that it can't lose.</summary>
    public IReadOnlyList<string> KeptRoles { get; protected set; } = [];

    /// <summary>Where Cancel leads.</summary>
    public string Back { get; protected set; } = "/servers";

    /// <summary>Null unless somebody else saved first.</summary>
    public EditConflict? Conflict { get; protected set; }
}
