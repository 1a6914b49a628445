using MPanel.Tests.Support;

namespace MPanel.Tests.Unit.Support;

public sealed class FreeUsersTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    public void Ids_OnAMachineWithoutTestUsers_AreTheProcessesOwn(int slot) =>
        Assert.Equal(
            5000 + slot * 100,
            FreeUsers.Ids(5000, 100, 50, slot, ["root:x:0:0:root:/root:/bin/bash", "near:x:4999:4999::/:/bin/sh"])
        );

    [Fact]
    public void Ids_WhereAKilledTestLeftItsUsers_AreTheNextOnesThatAreFree() =>
        Assert.Equal(5200, FreeUsers.Ids(5000, 100, 3, 0, [User("mtabcdea1", 5001), User("mtabcdea99", 5199)]));

    [Fact]
    public void Ids_AfterTheLastSlot_BeginAgain() => Assert.Equal(5000, FreeUsers.Ids(5000, 100, 3, 2, [User("mtabcdea1", 5299)]));

    [Fact]
    public void Ids_WhenEverySlotIsTaken_AreRefused() =>
        Assert.Throws<InvalidOperationException>(() => FreeUsers.Ids(5000, 100, 2, 0, [User("a", 5000), User("b", 5100)]));

    [Fact]
    public void Prefix_OfAnotherProcessOrAgent_Differs()
    {
        var prefixes = Enumerable.Range(700, 60).SelectMany(p => Enumerable.Range(0, 26).Select(n => FreeUsers.Prefix(p, n, []))).ToList();

        Assert.Equal(prefixes.Count, prefixes.Distinct().Count());
        Assert.All(prefixes, p => Assert.Matches("^mt[a-z]{6}$", p));
    }

    [Fact]
    public void Prefix_ThatAKilledTestOfTheSameProcessIdHadToo_IsNotTakenAgain()
    {
        var before = FreeUsers.Prefix(748, 1, []);

        Assert.NotEqual(before, FreeUsers.Prefix(748, 1, [User(before + "27", 5000)]));
    }

    private static string User(string name, long id) => $"{name}:x:{id}:{id}::/nowhere:/usr/sbin/nologin";
}
