using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace MPanel.NodeAgent;

/// <summary>An absolute path that stands in nginx's configuration as it is: nothing that would need quoting there. Nothing at all is right, too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class PlainPathAttribute()
    : ValidationAttribute("{0} must be an absolute path of letters, digits, dots, dashes and underscores.")
{
    public override bool IsValid(object? value) =>
        value is null or "" || value is string path && Plain().IsMatch(path) && !path.Split('/').Contains("..");

    [GeneratedRegex(@"\A/[A-Za-z0-9._/-]+\z")]
    private static partial Regex Plain();
}
