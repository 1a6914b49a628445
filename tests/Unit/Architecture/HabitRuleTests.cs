namespace MPanel.Tests.Unit.Architecture;

public sealed class HabitRuleTests
{
    [Fact]
    public void Product_KeepsGoodHabits() => Assert.Empty(SourceTree.Product.SelectMany(HabitRule.Check));

    [Fact]
    public void Tests_KeepGoodHabits() => Assert.Empty(SourceTree.Tests.SelectMany(HabitRule.Check));

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("throw new NotImplementedException();")]
    [InlineData("public static class OrderHelper;")]
    [InlineData("abstract class JobBase { }")]
    [InlineData("public interface IOrderManager { }")]
    [InlineData("    #if HANGFIRE")]
    [InlineData("try { Pay(); } catch { }")]
    [InlineData("try { Pay(); } catch (Exception) { }")]
    [InlineData("try { Pay(); }\ncatch (Exception e)\n{\n    // nothing can be done\n}")]
    public void Check_OfABadHabit_Finds(string planted) =>
        Assert.NotEmpty(HabitRule.Check(new SourceFile("MPanel.Jobs/Orders/Planted.cs", planted)));

    [Theory]
    [InlineData("try { Pay(); } catch (SocketException) { }")]
    [InlineData("public sealed class SignIn(SignInManager<User> signIn) { }")]
    [InlineData("""var text = "TODO";""")]
    [InlineData("public sealed class IconTagHelper : TagHelper")]
    [InlineData("public record Database(string Name);")]
    public void Check_OfAnythingElse_IsSilent(string text) =>
        Assert.Empty(HabitRule.Check(new SourceFile("MPanel.Jobs/Orders/Fine.cs", text)));
}
