using MPanel.Database.Access;

namespace MPanel.Tests.Unit.Database.Access;

public sealed class BearerSecretTests
{
    private const string Prefix = "0123456789ab";

    [Fact]
    public void Parse_OfACreatedText_FindsItsPrefixAndMatches()
    {
        var (stored, text) = BearerSecret.Create("mpk");

        var presented = BearerSecret.Parse("mpk", text)!;

        Assert.Equal(stored.Prefix, presented.Prefix);
        Assert.Matches("^[0-9a-f]{12}$", presented.Prefix);
        Assert.Equal(32, stored.Hash.Length);
        Assert.True(presented.Matches(stored.Hash));
    }

    [Fact]
    public void Create_Twice_GivesTwoSecrets()
    {
        var (first, _) = BearerSecret.Create("mpk");
        var (second, _) = BearerSecret.Create("mpk");

        Assert.NotEqual(first.Prefix, second.Prefix);
        Assert.NotEqual(first.Hash, second.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mpk")]
    [InlineData("mpk_")]
    [InlineData("mpk__")]
    [InlineData("mpk_" + Prefix)]
    [InlineData("mpk_" + Prefix + "_")]
    [InlineData("mpk_0123456789a_secret")]
    [InlineData("mpk_0123456789abc_secret")]
    [InlineData("mps_" + Prefix + "_secret")]
    [InlineData("MPK_" + Prefix + "_secret")]
    [InlineData(" mpk_" + Prefix + "_secret")]
    [InlineData("mpk-" + Prefix + "-secret")]
    public void Parse_OfAnotherForm_IsNull(string text) => Assert.Null(BearerSecret.Parse("mpk", text));

    [Fact]
    public void Parse_OfMoreThan200Characters_IsNull()
    {
        var longest = $"mpk_{Prefix}_".PadRight(200, 'x');

        Assert.NotNull(BearerSecret.Parse("mpk", longest));
        Assert.Null(BearerSecret.Parse("mpk", longest + "x"));
    }

    [Fact]
    public void Parse_OfASecretWithUnderscores_KeepsThem()
    {
        var whole = BearerSecret.Parse("mpk", $"mpk_{Prefix}_one_two")!;

        Assert.False(whole.Matches(BearerSecret.Parse("mpk", $"mpk_{Prefix}_one")!.Hash));
        Assert.True(whole.Matches(BearerSecret.Parse("mpk", $"mpk_{Prefix}_one_two")!.Hash));
    }

    [Fact]
    public void Matches_WithoutAStoredHash_IsFalse()
    {
        Assert.False(BearerSecret.Parse("mpk", BearerSecret.Create("mpk").Text)!.Matches(null));
        Assert.False(new BearerSecret("", new byte[32]).Matches(null));
    }

    [Fact]
    public void Matches_AnotherSecretOfTheSamePrefix_IsFalse()
    {
        var presented = BearerSecret.Parse("mpk", $"mpk_{Prefix}_right")!;

        Assert.False(presented.Matches(BearerSecret.Parse("mpk", $"mpk_{Prefix}_wrong")!.Hash));
    }
}
