using MPanel.Web.Pages.Access.Security;

namespace MPanel.Tests.Unit.Web.Platform.Security;

public sealed class DifferenceTests
{
    [Fact]
    public void Between_TwoObjects_HasWhatDiffersFirst() =>
        Assert.Equal(
            [new Difference("roles", "a, b", "a"), new Difference("status", null, "active"), new Difference("name", "x", "x")],
            Difference.Between("""{"name":"x","roles":["a","b"],"status":null}""", """{"name":"x","roles":["a"],"status":"active"}""")
        );

    [Fact]
    public void Between_NothingAndAText_HasOneField() =>
        Assert.Equal([new Difference("value", null, "[{\"a\":1}]")], Difference.Between(null, """[{"a":1}]"""));

    [Fact]
    public void Between_NothingAndNothing_IsEmpty() => Assert.Empty(Difference.Between(null, null));
}
