using System.Globalization;

namespace MPanel.Tests.Support;

/// <summary>
/// Names and ids of system users that nobody on this machine has. Tests that run side by side differ in their process id; a test
/// that was killed has left its users behind, and the process id that it had comes round again.
/// </summary>
public static class FreeUsers
{
    private const int Letters = 26;

    /// <summary>The beginning of names: <c>mt</c> and six letters, as many as an agent takes.</summary>
    /// <param name="number">Of the agent in this process.</param>
    /// <param name="passwd">Lines as in /etc/passwd.</param>
    public static string Prefix(int process, int number, IEnumerable<string> passwd)
    {
        var names = passwd.Select(l => l.Split(':')[0]).ToList();
        var last = (char)('a' + number % Letters);
        // Process ids end below 4,194,304: beyond them no process looks.
        return Enumerable
            .Range(0, 1000)
            .Select(i => $"mt{Text(process + i * 4_194_304L)}{last}")
            .First(p => !names.Exists(n => n.StartsWith(p, StringComparison.Ordinal)));
    }

    /// <summary>The first id of <paramref name="size"/> in a row that are free.</summary>
    /// <param name="from">Where the slots of that size begin.</param>
    /// <param name="slot">Where to look first; from there on, and round.</param>
    /// <exception cref="InvalidOperationException">Every slot has a user.</exception>
    public static long Ids(long from, int size, int slots, int slot, IEnumerable<string> passwd)
    {
        var taken = passwd
            .Select(l => l.Split(':'))
            .Where(f => f.Length > 2)
            .Select(f => long.Parse(f[2], CultureInfo.InvariantCulture))
            .Where(id => id >= from)
            .Select(id => (id - from) / size)
            .ToHashSet();
        for (var i = 0; i < slots; i++)
        {
            if ((slot + i) % slots is var free && !taken.Contains(free))
                return from + (long)free * size;
        }
        throw new InvalidOperationException(
            $"Each of {slots} ranges from {from} on has a user: killed tests have left them, userdel removes them."
        );
    }

    // Five letters name more numbers than there are process ids, four don't.
    private static string Text(long number) =>
        string.Concat(Enumerable.Range(0, 5).Select(i => (char)('a' + number / (long)Math.Pow(Letters, i) % Letters)));
}
