using MPanel.Faults.Failover;
using MPanel.Faults.Load;
using MPanel.Tests.Support;

namespace MPanel.Faults;

public static class FaultProgram
{
    /// <returns>0; 1 when an invariant was violated or the run failed; 130 when it was stopped.</returns>
    public static Task<int> Run(string[] args) =>
        Stoppable.Run("The run", e => e is FaultOptionsException, async stop => await Held(FaultOptions.Parse(args), stop) ? 0 : 1);

    private static Task<bool> Held(FaultOptions options, CancellationToken stop) =>
        options.Scenario switch
        {
            Scenario.Failover => new FailoverSession(options).Run(stop),
            Scenario.Load => new LoadSession(options).Run(stop),
            _ => new FaultSession(options).Run(stop),
        };
}
