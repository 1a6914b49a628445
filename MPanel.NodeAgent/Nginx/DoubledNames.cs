namespace MPanel.NodeAgent.Nginx;

/// <summary>
/// Names of websites that a foreign file has as well, as nginx said when it was last asked. It only warns, and serves the website: whoever wrote the
/// file does not see why it does nothing.
/// </summary>
internal sealed class DoubledNames
{
    private volatile HashSet<string> _names = [];

    public void Note(IEnumerable<string> names) => _names = names.ToHashSet(StringComparer.Ordinal);

    public bool Has(string name) => _names.Contains(name);
}
