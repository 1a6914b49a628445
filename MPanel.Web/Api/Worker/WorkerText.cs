namespace MPanel.Web.Api.Worker;

/// <summary>Text that an agent sends for people to read.</summary>
public static class WorkerText
{
    private const int MaxLength = 4000;

    /// <summary>One line of printable text, at most 4,000 characters.</summary>
    public static string Clean(string text)
    {
        var printable = string.Concat(text.Take(MaxLength).Where(c => !char.IsControl(c)));
        return printable;
    }
}
