namespace MPanel.Web.Platform.Security.Identity;

/// <summary>Rows of the keyboard and the alphabet, forwards and backwards, begun anywhere.</summary>
public static class KeyboardRows
{
    private static readonly string[] Rows =
    [
        "01234567890123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "qazwsxedcrfvtgbyhnujmikolp",
    ];

    public static bool Contain(string password)
    {
        var lower = password.ToLowerInvariant();
        var backwards = new string([.. lower.Reverse()]);
        // Twice over: whoever comes to a row's end begins again.
        return Rows.Any(row =>
            (row + row).Contains(lower, StringComparison.Ordinal) || (row + row).Contains(backwards, StringComparison.Ordinal)
        );
    }
}
