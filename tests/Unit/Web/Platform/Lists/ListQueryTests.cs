using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using MPanel.Database.Lists;
using MPanel.Web.Platform.Lists;

namespace MPanel.Tests.Unit.Web.Platform.Lists;

public sealed class ListQueryTests
{
    private static readonly ListDefinition Definition = new(
        "-created",
        "Name",
        [new("name", "c.name", "text"), new("created", "c.created_at", "timestamptz")],
        [
            ListFilter.OneOf("status", "Status", "active", "deleted"),
            ListFilter.Text("server"),
            ListFilter.Number("customer"),
            ListFilter.Day("from", "From"),
        ]
    );

    [Fact]
    public void Read_OfNothing_GivesTheDefaults()
    {
        var query = Read();

        Assert.Equal(
            ("created", true, "-created", 50, null, null),
            (query.Sort.Key, query.Descending, query.SortText, query.PageSize, query.Q, query.Edge)
        );
        Assert.True(query.Unfiltered);
        Assert.Empty(query.Errors);
    }

    [Fact]
    public void Read_OfEverything_GivesIt()
    {
        var query = Read(
            ("q", " Müller "),
            ("sort", "name"),
            ("pageSize", "200"),
            ("status", "active"),
            ("server", "srv1"),
            ("customer", "7"),
            ("from", "2026-11-30"),
            ("cursor", ListCursor.Write(new SliceEdge("Meier", 3, Backward: false), "name"))
        );

        Assert.Equal(
            ("Müller", "name", 200, "active", "srv1", 7, new DateOnly(2026, 11, 30)),
            (
                query.Q,
                query.SortText,
                query.PageSize,
                query.Text("status"),
                query.Text("server"),
                query.Number("customer"),
                query.Day("from")
            )
        );
        Assert.Equal(new SliceEdge("Meier", 3, Backward: false), query.Edge);
        Assert.Empty(query.Errors);
    }

    [Theory]
    [InlineData("sort", "password", "invalid_sort")]
    [InlineData("sort", "--name", "invalid_sort")]
    [InlineData("sort", "NAME", "invalid_sort")]
    [InlineData("sort", "name;drop table websites", "invalid_sort")]
    [InlineData("pageSize", "0", "invalid_page_size")]
    [InlineData("pageSize", "201", "invalid_page_size")]
    [InlineData("pageSize", "-1", "invalid_page_size")]
    [InlineData("pageSize", "5\0", "invalid_page_size")]
    [InlineData("pageSize", "99999999999999999999", "invalid_page_size")]
    [InlineData("status", "paid", "invalid_filter")]
    [InlineData("server", "a\0b", "invalid_filter")]
    [InlineData("customer", "seven", "invalid_filter")]
    [InlineData("customer", "7\0", "invalid_filter")]
    [InlineData("customer", "٧", "invalid_filter")]
    [InlineData("customer", "9223372036854775808", "invalid_filter")]
    [InlineData("from", "30.11.2026", "invalid_filter")]
    [InlineData("from", "2026-02-30", "invalid_filter")]
    [InlineData("q", "a\0b", "invalid_search")]
    [InlineData("q", "line\nbreak", "invalid_search")]
    [InlineData("cursor", "forged", "invalid_cursor")]
    public void Read_OfAWrongValue_LeavesItOutAndSaysSo(string name, string value, string code)
    {
        var query = Read((name, value));

        Assert.Equal((name, code), (Assert.Single(query.Errors).Path, query.Errors[0].Code));
        Assert.Equal(Read() with { Errors = query.Errors, Filters = query.Filters }, query);
        Assert.Empty(query.Filters);
    }

    [Fact]
    public void Read_OfSeveralWrongValues_NamesThemAll()
    {
        var query = Read(("sort", "x"), ("pageSize", "x"), ("q", new string('q', 10_240)), ("customer", "x"));

        Assert.Equal(["customer", "pageSize", "q", "sort"], query.Errors.Select(e => e.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("q")]
    [InlineData("sort")]
    [InlineData("cursor")]
    [InlineData("pageSize")]
    [InlineData("status")]
    public void Read_OfAParameterGivenTwice_LeavesItOut(string name)
    {
        var query = ListQuery.Read(Definition, new QueryCollection(new Dictionary<string, StringValues> { [name] = new(["a", "b"]) }));

        Assert.Equal((name, "given_twice"), (Assert.Single(query.Errors).Path, query.Errors[0].Code));
    }

    [Fact]
    public void Read_OfASearchWhereThereIsNone_SaysSo()
    {
        var query = ListQuery.Read(
            Definition with
            {
                SearchHint = null,
            },
            new QueryCollection(new Dictionary<string, StringValues> { ["q"] = "x" })
        );

        Assert.Equal("invalid_search", Assert.Single(query.Errors).Code);
        Assert.Null(query.Q);
    }

    [Fact]
    public void Like_OfWildcards_TakesThemLiterally() => Assert.Equal(@"%100\%\_a\\b%", Read(("q", @"100%_a\b")).Like);

    [Fact]
    public void Link_KeepsWhatIsFiltered_AndBeginsAtTheFirstPage()
    {
        var query = Read(("q", "a&b"), ("sort", "name"), ("status", "active"), ("pageSize", "10"), ("cursor", NameCursor()));

        Assert.Equal(
            ["pageSize=10", "q=a%26b", "sort=-name", "status=active"],
            query.Link("", ("sort", "-name")).TrimStart('?').Split('&').Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain("status", query.Link("", ("status", null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true, "servers", "0 servers")]
    [InlineData(1, true, "servers", "1 server")]
    [InlineData(1, true, "entries", "1 entry")]
    [InlineData(10_000, true, "servers", "10,000 servers")]
    [InlineData(10_000, false, "servers", "more than 10,000 servers")]
    public void CountText_SaysHowMany(long count, bool exact, string what, string expected) =>
        Assert.Equal(expected, ListView.Of(Read(), "/", what, new ListTotal(count, exact), new Slice<Row>([], null, null)).CountText);

    private static string NameCursor() => ListCursor.Write(new SliceEdge("Meier", 3, Backward: false), "name");

    private static ListQuery Read(params (string Name, string Value)[] query) =>
        ListQuery.Read(Definition, new QueryCollection(query.ToDictionary(p => p.Name, p => new StringValues(p.Value))));

    private sealed record Row(long Id, string SortKey) : IListRow;
}
