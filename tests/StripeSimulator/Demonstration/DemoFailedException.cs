namespace MPanel.StripeSimulator.Demonstration;

/// <summary>Why the demo ends without a site, in plain sentences.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
