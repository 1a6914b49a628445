namespace MPanel.Web.Platform.Security;

/// <summary>On a page: what one needs to see it, where that is not its module's own. On a handler: what one needs to use it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PermissionAttribute(string code) : Attribute
{
    public string Code => code;
}

/// <summary>A page for everybody who is signed in, such as one's own account; its handlers need no permission.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SignedInAttribute : Attribute;
