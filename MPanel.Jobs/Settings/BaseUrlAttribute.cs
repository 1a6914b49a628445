using System.ComponentModel.DataAnnotations;

namespace MPanel.Settings;

/// <summary>An absolute http or https address without user, query or fragment. Nothing at all is right, too: what must be there is also Required.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BaseUrlAttribute()
    : ValidationAttribute("{0} must be an absolute http or https address without user, query or fragment.")
{
    public override bool IsValid(object? value) =>
        value is null or ""
        || value is string text
            && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 };
}
