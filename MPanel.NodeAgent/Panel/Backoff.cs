namespace MPanel.NodeAgent.Panel;

/// <summary>Growing pauses between failures, jittered so that a hundred agents do not come back in one second.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostAsked = TimeSpan.FromMinutes(10);
    private int _failures;

    public void Succeeded() => _failures = 0;

    /// <param name="asked">What the panel asked for with Retry-After; taken as the least, up to ten minutes.</param>
    public TimeSpan Failed(TimeSpan? asked = null)
    {
        var grown = First * Math.Pow(2, Math.Min(_failures++, 10));
        var pause = (grown < Most ? grown : Most) * (0.5 + random.NextDouble() / 2);
        if (asked is not { } least || least <= pause)
            return pause;
        return (least < MostAsked ? least : MostAsked) + First * random.NextDouble();
    }
}
