namespace MPanel.Web.Security.Identity;

/// <summary>
/// Passwords that everybody tries: the words of the usual lists however they are repeated, decorated and stretched to length, and rows
/// of the keyboard or the alphabet.
/// </summary>
public static class CommonPasswords
{
    private const int FewestKinds = 5;

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

    private static readonly string[] Words =
    [
        "password",
        "passwort",
        "passwd",
        "pass",
        "qwerty",
        "qwertz",
        "azerty",
        "asdfgh",
        "letmein",
        "welcome",
        "willkommen",
        "iloveyou",
        "admin",
        "administrator",
        "root",
        "superadmin",
        "superuser",
        "login",
        "logmein",
        "monkey",
        "dragon",
        "football",
        "baseball",
        "basketball",
        "sunshine",
        "princess",
        "master",
        "shadow",
        "superman",
        "batman",
        "trustno",
        "michael",
        "jennifer",
        "jordan",
        "hunter",
        "freedom",
        "whatever",
        "starwars",
        "pokemon",
        "computer",
        "internet",
        "secret",
        "changeme",
        "default",
        "temporary",
        "correcthorsebatterystaple",
        "mpanel",
        "cpanel",
        "plesk",
        "hosting",
        "server",
        "support",
        "company",
        "office",
        "summer",
        "winter",
        "spring",
        "autumn",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "friday",
        "test",
        "testing",
        "guest",
        "user",
        "demo",
        "hello",
        "helloworld",
        "lovely",
        "google",
        "facebook",
        "liverpool",
        "chelsea",
        "arsenal",
        "charlie",
        "donald",
        "mustang",
        "access",
        "flower",
        "hottie",
        "loveme",
        "zaq",
        "qaz",
        "wsx",
        "abc",
        "my",
        "the",
        "is",
        "and",
        "new",
        "your",
        "our",
        "this",
        "strong",
        "secure",
        "please",
        "enter",
        "account",
    ];

    public static bool Contains(string password)
    {
        var plain = Undecorated(password);
        return password.ToLowerInvariant().Distinct().Count() < FewestKinds || IsRow(password) || plain.Length == 0 || IsOnlyWords(plain);
    }

    /// <summary>Letters only, with the digits that stand for letters inside the word read as those.</summary>
    private static string Undecorated(string password)
    {
        var lower = password.ToLowerInvariant().Trim("0123456789!@#$%^&*()-_=+.,?/ ".ToCharArray());
        var read = lower.Select(c =>
            c switch
            {
                '0' => 'o',
                '1' or '!' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                _ => c,
            }
        );
        return new string([.. read.Where(char.IsLetter)]);
    }

    private static bool IsRow(string password)
    {
        var lower = password.ToLowerInvariant();
        return Rows.Any(row => row.Contains(lower, StringComparison.Ordinal) || Reversed(row).Contains(lower, StringComparison.Ordinal))
            || Rows.Any(row => lower.Length <= row.Length * 2 && (row + row).Contains(lower, StringComparison.Ordinal));
    }

    /// <summary>Whether it is two common words at most, or one repeated.</summary>
    private static bool IsOnlyWords(string text)
    {
        var found = new HashSet<string>();
        while (text.Length > 0)
        {
            if (Words.Where(w => text.StartsWith(w, StringComparison.Ordinal)).MaxBy(w => w.Length) is not { } word)
                return false;
            found.Add(word);
            text = text[word.Length..];
        }
        return found.Count <= 2;
    }

    private static string Reversed(string text) => new([.. text.Reverse()]);
}
