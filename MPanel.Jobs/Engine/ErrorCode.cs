using System.Text.RegularExpressions;

namespace MPanel.Jobs.Engine;

internal static partial class ErrorCode
{
    /// <summary>A stable code for an exception: its type's name, as in <c>http_request_exception</c>.</summary>
    public static string Of(Exception failure)
    {
        var name = failure.GetType().Name;
        var generic = name.IndexOf('`', StringComparison.Ordinal);
        return WordStart().Replace(generic < 0 ? name : name[..generic], "_").ToLowerInvariant();
    }

    // Before a capital that follows a small letter or digit, or that begins a word after an acronym: IOException is io_exception.
    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordStart();
}
