using System.Buffers.Text;
using System.Text;
using MPanel.Database.Lists;
using MPanel.Web.Platform.Lists;

namespace MPanel.Tests.Unit.Web.Platform.Lists;

public sealed class ListCursorTests
{
    private static readonly SortColumn Name = new("name", "c.name", "text");

    [Theory]
    [InlineData("text", "Müller & Söhne \"quoted\" \\ %")]
    [InlineData("text", "")]
    [InlineData("bigint", "-9223372036854775808")]
    [InlineData("integer", "2147483647")]
    [InlineData("numeric", "12.500")]
    [InlineData("timestamptz", "2026-11-22 11:29:27.123456+00")]
    [InlineData("timestamptz", "2026-11-22 11:29:27+00")]
    [InlineData("timestamptz", "2026-11-22 11:29:27.1+05:30")]
    public void Read_OfWhatWasWritten_GivesTheEdge(string type, string value)
    {
        var edge = new SliceEdge(value, 42, Backward: true);

        Assert.Equal(edge, ListCursor.Read(ListCursor.Write(edge, "-name"), Name with { Type = type }, "-name"));
    }

    [Fact]
    public void Read_OfTheLongestNameInAnyScript_GivesTheEdge()
    {
        var edge = new SliceEdge(string.Concat(Enumerable.Repeat("𝔐", 200)), long.MaxValue, Backward: false);

        Assert.Equal(edge, ListCursor.Read(ListCursor.Write(edge, "name"), Name, "name"));
    }

    [Fact]
    public void Read_InAnotherOrder_GivesNothing()
    {
        var cursor = ListCursor.Write(new SliceEdge("a", 1, Backward: false), "name");

        Assert.Null(ListCursor.Read(cursor, Name, "-name"));
        Assert.Null(ListCursor.Read(cursor, Name, "created"));
    }

    // What the database could not cast, or would choke on.
    [Theory]
    [InlineData("text", "a\\u0000")]
    [InlineData("text", "\\ud800")]
    [InlineData("bigint", "9223372036854775808")]
    [InlineData("bigint", "5\\u0000")]
    [InlineData("bigint", " 5")]
    [InlineData("bigint", "")]
    [InlineData("integer", "2147483648")]
    [InlineData("integer", "5\\u0000\\u0000")]
    [InlineData("numeric", "1e5")]
    [InlineData("numeric", "NaN")]
    [InlineData("numeric", "1,5")]
    [InlineData("numeric", "1.5\\u0000")]
    [InlineData("timestamptz", "infinity")]
    [InlineData("timestamptz", "2026-02-30 00:00:00+00")]
    [InlineData("timestamptz", "2026-11-22")]
    [InlineData("timestamptz", "2026-11-22 11:29:27+00\\u0000")]
    [InlineData("timestamptz", "now")]
    public void Read_OfAForgedValue_GivesNothing(string type, string value) => Assert.Null(Read($"[\"name\",\"{value}\",1,false]", type));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[\"name\",\"a\",1]")]
    [InlineData("[\"name\",\"a\",1,false,1]")]
    [InlineData("[\"name\",null,1,false]")]
    [InlineData("[\"name\",5,1,false]")]
    [InlineData("[\"name\",\"a\",\"1\",false]")]
    [InlineData("[\"name\",\"a\",1.5,false]")]
    [InlineData("[\"name\",\"a\",99999999999999999999,false]")]
    [InlineData("[\"name\",\"a\",1,\"false\"]")]
    [InlineData("[\"name\",\"a\",1,false")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void Read_OfAnotherForm_GivesNothing(string json) => Assert.Null(Read(json, "text"));

    [Theory]
    [InlineData("!")]
    [InlineData("../../etc/passwd")]
    [InlineData("\0")]
    [InlineData("a")]
    [InlineData("_____w")]
    public void Read_OfWhatIsNoBase64_GivesNothing(string text) => Assert.Null(ListCursor.Read(text, Name, "name"));

    [Fact]
    public void Read_OfTenThousandCharacters_GivesNothing() => Assert.Null(ListCursor.Read(new string('A', 10_000), Name, "name"));

    private static SliceEdge? Read(string json, string type) =>
        ListCursor.Read(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)), Name with { Type = type }, "name");
}
