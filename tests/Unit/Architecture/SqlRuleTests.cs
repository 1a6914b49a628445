namespace MPanel.Tests.Unit.Architecture;

public sealed class SqlRuleTests
{
    [Fact]
    public void Product_KeepsSqlInDatabase() => Assert.Empty(SourceTree.Product.SelectMany(SqlRule.Check));

    [Theory]
    [InlineData("""db.ExecuteAsync("insert into orders (id) values (1)");""")]
    [InlineData(
        "var sql = \"\"\"\n    with next as (select id from provisioning_tasks)\n    update provisioning_tasks t set attempt = 1\n    \"\"\";"
    )]
    [InlineData("""var sql = "select id, name from servers where id = @id";""")]
    [InlineData("""var sql = $"UPDATE {table} SET status = 'paid'";""")]
    [InlineData("""var sql = "select pg_notify('tasks', '1')";""")]
    [InlineData("""var sql = "select 1";""")]
    [InlineData("""var sql = "listen provisioning_tasks";""")]
    [InlineData("""var sql = "delete from outbox";""")]
    [InlineData("using Dapper;")]
    [InlineData("await using var command = dataSource.CreateCommand(text);")]
    [InlineData("var command = new NpgsqlCommand(text, db);")]
    public void Check_OfSqlElsewhere_Finds(string planted) =>
        Assert.NotEmpty(SqlRule.Check(new SourceFile("MPanel.Web/Api/Orders.cs", planted)));

    [Theory]
    [InlineData("MPanel.Web/Api/Orders.cs", """var text = "Select a plan to continue";""")]
    [InlineData("MPanel.Web/Api/Orders.cs", """var text = "Update the address with care";""")]
    [InlineData("MPanel.Web/Api/Orders.cs", """// select id from orders""")]
    [InlineData("MPanel.Web/Api/Orders.cs", "await using var db = await dataSource.OpenConnectionAsync(ct);")]
    [InlineData("Database/Orders/FindOrder.cs", """var sql = "select id from orders";""")]
    public void Check_OfAnythingElse_IsSilent(string path, string text) => Assert.Empty(SqlRule.Check(new SourceFile(path, text)));
}
