using System.Text.Json;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Outcomes;
using MPanel.NodeAgent.Contract;

namespace MPanel.Jobs.Websites;

/// <summary>A website of which its server has something that this panel may not overwrite.</summary>
/// <param name="Panel">What this panel has.</param>
/// <param name="Kept">What its server has; null while that has not been said.</param>
/// <param name="Hinders">Why what its server has can't be taken, whoever asks; null when nothing is known to keep it from being taken.</param>
public sealed record AheadSite(long Id, string Domain, string Server, HostingSpec Panel, KeptState? Kept, Refusal? Hinders);

/// <param name="Hash">Names it when it is to be taken.</param>
public sealed record KeptState(HostingSpec Spec, string Hash, DateTimeOffset SaidAt)
{
    public static KeptState Of(KeptSpec kept) => new(SpecOf(kept.Spec), kept.Hash, kept.SaidAt);

    internal static HostingSpec SpecOf(string json) => JsonSerializer.Deserialize<HostingSpec>(json, JsonSerializerOptions.Web)!;
}
