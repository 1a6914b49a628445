namespace MPanel.Tests.Integration.Web.Platform.Observability;

/// <summary>
/// One panel in the process, as in real life. OpenTelemetry takes meters of one name for one: a panel that ends beside another would take
/// that one's series along.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AlonePanel
{
    public const string Name = "a panel alone";
}
