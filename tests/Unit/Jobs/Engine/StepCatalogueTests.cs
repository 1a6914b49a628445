using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class StepCatalogueTests
{
    [Fact]
    public void Create_WithTwoStepsOfOneKind_Refuses() =>
        Assert.Contains("a.one", Refusal([new Step("a.one"), new Step("a.one")], []), StringComparison.Ordinal);

    [Fact]
    public void Create_WithAChainNamingAnUnknownStep_Refuses() =>
        Assert.Contains("a.two", Refusal([new Step("a.one")], [new Chain("a", "a.one", "a.two")]), StringComparison.Ordinal);

    [Fact]
    public void Create_WithAChainNamingAStepTwice_Refuses() =>
        Assert.Contains("Chain a", Refusal([new Step("a.one")], [new Chain("a", "a.one", "a.one")]), StringComparison.Ordinal);

    [Fact]
    public void Find_KnownAndUnknownKinds_FindsOrNot()
    {
        var step = new Step("a.one");
        var chain = new Chain("a", "a.one");
        var catalogue = new StepCatalogue([step], [chain]);

        Assert.Same(step, catalogue.Step("a.one"));
        Assert.Same(chain, catalogue.Chain("a"));
        Assert.Throws<KeyNotFoundException>(() => catalogue.Step("a"));
        Assert.Null(catalogue.Chain("a.one"));
    }

    [Fact]
    public void StepAt_EachPosition_NamesTheStepAndTheLastOneBehindIt()
    {
        var catalogue = new StepCatalogue([new Step("a.one"), new Step("a.two")], [new Chain("a", "a.one", "a.two")]);

        Assert.Equal(["a.one", "a.two", "a.two"], Enumerable.Range(0, 3).Select(position => catalogue.StepAt("a", position)));
        Assert.Equal("b", catalogue.StepAt("b", 1));
        Assert.Equal(["a.one", "a.two"], catalogue.Titles["a"]);
    }

    private static string Refusal(IStep[] steps, IChain[] chains) =>
        Assert.Throws<InvalidOperationException>(() => new StepCatalogue(steps, chains)).Message;

    private sealed class Step(string kind) : IStep
    {
        public string Kind => kind;
        public RetrySchedule Retries => RetrySchedule.Minutes;

        public Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken) =>
            Task.FromResult<StepVerdict>(new StepVerdict.Done());
    }

    private sealed class Chain(string kind, params string[] steps) : IChain
    {
        public string Kind => kind;
        public IReadOnlyList<string> Steps => steps;

        public Task Record(
            NpgsqlTransaction transaction,
            ChainJob job,
            IReadOnlyList<StepEvent> events,
            CancellationToken cancellationToken
        ) => Task.CompletedTask;
    }
}
