using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MPanel.Database.Servers;
using MPanel.Jobs.Servers;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Servers;

/// <summary>A server's settings as a form has them: texts, right or wrong.</summary>
public sealed class ServerForm
{
    public string? Name { get; set; }
    public string[] Roles { get; set; } = [];
    public string? Address { get; set; }

    /// <summary>Separated by commas or spaces.</summary>
    public string? Tags { get; set; }
    public string? WebsiteCapacity { get; set; }

    public static ServerForm Of(ServerSettings server) =>
        new()
        {
            Name = server.Name,
            Roles = server.Roles,
            Address = server.Address,
            Tags = string.Join(", ", server.Tags),
            WebsiteCapacity = server.WebsiteCapacity.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Null, and every wrong field in the model state, when it can't be saved.</summary>
    public ServerSettings? Read(ModelStateDictionary state, string prefix)
    {
        int? capacity = int.TryParse(WebsiteCapacity, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
        var (settings, errors) = ServerRules.Check(
            Name?.Trim(),
            Roles,
            Address?.Trim(),
            (Tags ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            capacity
        );
        foreach (var error in errors)
            state.AddModelError($"{prefix}.{error.Path}", error.Message);
        return settings;
    }

    public EditConflict Against(ServerForm theirs) =>
        new(
            "server",
            [
                new("Name", theirs.Name, Name),
                new("Roles", string.Join(", ", theirs.Roles), string.Join(", ", Roles)),
                new("Address", theirs.Address, Address),
                new("Tags", theirs.Tags, Tags),
                new("Room for websites", theirs.WebsiteCapacity, WebsiteCapacity),
            ]
        );
}
