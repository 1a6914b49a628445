using Zxcvbn;

namespace MPanel.Web.Platform.Security.Identity;

/// <summary>
/// How hard the words of a password are to guess, by zxcvbn's dictionaries and patterns. Digits and signs count for nothing: whoever guesses
/// words also tries them capitalised, with digits for letters and something in front of and behind them.
/// </summary>
public static class GuessableWords
{
    /// <summary>Bits. Two common words stay below it, three that don't belong together are above it.</summary>
    private const double Enough = 26;

    /// <summary>zxcvbn's time grows with the square of the length: 100 characters take less than 0.1 s, and say enough.</summary>
    private const int Read = 100;

    /// <summary>What people of this trade try first and zxcvbn's English dictionaries don't have.</summary>
    private static readonly string[] Trade =
    [
        "mpanel",
        "cpanel",
        "plesk",
        "login",
        "logmein",
        "superuser",
        "superadmin",
        "administrator",
        "passwd",
        "passwort",
        "willkommen",
        "default",
        "demo",
        "helloworld",
        "correcthorsebatterystaple",
        "qaz",
        "wsx",
        "zaq",
    ];

    private static readonly char[] Around = "0123456789!@#$%^&*()-_=+.,?/ ".ToCharArray();

    private static readonly Lazy<Zxcvbn.Zxcvbn> Estimate = new(() => new Zxcvbn.Zxcvbn());

    /// <returns>Whether its words are too soon guessed, and how many different ones it has: none in a password without letters.</returns>
    /// <param name="own">What everybody knows of the person, such as the e-mail address.</param>
    public static (bool Guessable, int Words) In(string password, IEnumerable<string> own)
    {
        var known = own.SelectMany(Readings).Where(word => word.Length > 2).Concat(Trade).ToList();
        var judged = Readings(password).Select(letters => Judge(letters, known)).ToList();
        // Of several ways to read it, whoever guesses takes the quickest.
        return judged.Find(reading => reading.Guessable) is { Guessable: true } guessed ? guessed : judged[0];
    }

    private static (bool Guessable, int Words) Judge(string letters, IEnumerable<string> known)
    {
        if (letters.Length == 0)
            return (true, 0);
        var result = Estimate.Value.EvaluatePassword(letters, known);
        var parts = result.MatchSequence.GroupBy(match => match.Token).ToList();
        // A word costs a guess the first time; to say it again costs nothing.
        var repeated = parts.Sum(part => part.Skip(1).Sum(match => match.Entropy));
        return (result.Entropy - repeated < Enough, parts.Count);
    }

    /// <summary>
    /// Letters only, in lower case, with the digits and signs that stand for letters inside a word read as those. At either end of the word
    /// such a sign may be its first or last letter, or the first of what was put around it: both are read.
    /// </summary>
    private static IEnumerable<string> Readings(string password)
    {
        var lower = password.ToLowerInvariant();
        var start = lower.Length - lower.TrimStart(Around).Length;
        var end = Math.Max(start, lower.TrimEnd(Around).Length);
        return from first in new[] { start, start - 1 }
            from last in new[] { end, end + 1 }
            where
                first >= 0
                && last <= lower.Length
                && (first == start || IsLetter(lower[first]))
                && (last == end || IsLetter(lower[last - 1]))
            select new string([.. lower[first..last].Select(Letter).Where(char.IsLetter).Take(Read)]);
    }

    private static bool IsLetter(char sign) => char.IsLetter(Letter(sign));

    private static char Letter(char sign) =>
        sign switch
        {
            '0' => 'o',
            '1' or '!' => 'i',
            '3' => 'e',
            '4' or '@' => 'a',
            '5' or '$' => 's',
            '7' => 't',
            _ => sign,
        };
}
