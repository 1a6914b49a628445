using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>A step with its name for people and what to find it by.</summary>
public sealed record TitledStep(DescribedStep Step, string Title, IReadOnlyDictionary<string, object> Parameters);

/// <summary>Names steps for the dashboard: "Customer for ORD-1042 (client@example.com)".</summary>
public sealed class StepTitles(NpgsqlDataSource dataSource, StepCatalogue catalogue)
{
    /// <summary>Those of the steps that exist, in the order given.</summary>
    public async Task<IReadOnlyList<TitledStep>> Of(IReadOnlyList<long> stepIds, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var steps = (await DescribeSteps.Run(db, [.. stepIds], cancellationToken)).ToDictionary(s => s.Id);
        var about = new Dictionary<(string ChainKind, string Payload), ChainAbout>();
        foreach (var kind in steps.Values.GroupBy(s => s.ChainKind))
        {
            if (catalogue.Chain(kind.Key) is not { } chain)
                continue;
            foreach (var (payload, what) in await chain.About(db, [.. kind.Select(s => s.Payload).Distinct()], cancellationToken))
                about[(kind.Key, payload)] = what;
        }
        return
        [
            .. stepIds
                .Distinct()
                .Where(steps.ContainsKey)
                .Select(id => Titled(steps[id], about.GetValueOrDefault((steps[id].ChainKind, steps[id].Payload)))),
        ];
    }

    private TitledStep Titled(DescribedStep step, ChainAbout? about)
    {
        var title = catalogue.Step(step.Kind)?.Title ?? step.Kind;
        var facts = about?.Facts.ToDictionary(f => f.Key, f => (object)f.Value) ?? [];
        facts["CorrelationId"] = step.CorrelationId;
        return new TitledStep(step, about is null ? $"{title} for {step.Subject}" : $"{title} for {step.Subject} ({about.Who})", facts);
    }
}
