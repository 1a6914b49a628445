namespace MPanel.Faults.Load;

/// <summary>Whether something grew.</summary>
/// <param name="Growth">Of the straight line that fits best, from its beginning to its end.</param>
internal sealed record Trend(string Name, double Mean, double Most, double Growth, double Allowed)
{
    private const double Share = 0.10;

    public bool Grew => Growth > Allowed;

    /// <summary>
    /// The rule: the line fitted to the samples may rise by no more than a tenth of their mean from one end to the other, or by what such
    /// a thing wavers by itself, whichever is more.
    /// </summary>
    public static Trend Of(string name, IReadOnlyList<(double Seconds, double Value)> samples)
    {
        var mean = samples.Average(s => s.Value);
        var (x, span) = (samples.Average(s => s.Seconds), samples[^1].Seconds - samples[0].Seconds);
        var spread = samples.Sum(s => (s.Seconds - x) * (s.Seconds - x));
        var slope = spread == 0 ? 0 : samples.Sum(s => (s.Seconds - x) * (s.Value - mean)) / spread;
        return new Trend(name, mean, samples.Max(s => s.Value), slope * span, Math.Max(Share * mean, Wavers(name)));
    }

    private static double Wavers(string name) =>
        name switch
        {
            "steps due" or "tasks pending" => 64,
            _ when name.EndsWith("MiB", StringComparison.Ordinal) => 8,
            _ => 6,
        };
}
