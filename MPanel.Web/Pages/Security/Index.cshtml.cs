using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Security;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public static readonly ListDefinition Definition = new(
        "-at",
        "The whole e-mail address",
        LoginAttemptList.Sorts,
        [ListFilter.OneOf("outcome", "Outcome", LoginAttemptList.Outcomes)]
    );

    public ListView List { get; private set; } = null!;
    public IReadOnlyList<LoginAttemptRow> Rows { get; private set; } = [];

    /// <summary>The status whose colour an outcome has.</summary>
    public static string Colour(string outcome) =>
        outcome switch
        {
            "signed_in" => "success",
            "password_accepted" => "pending",
            "locked_out" => "locked",
            _ => "needs_review",
        };

    public async Task OnGetAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await LoginAttemptList.Read(db, Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "login attempts", await LoginAttemptList.Count(db, Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "login-attempts",
            query,
            slice => LoginAttemptList.Read(db, Filter(query), slice),
            ("At", a => a.At),
            ("E-mail address", a => a.Email),
            ("Outcome", a => a.Outcome),
            ("From", a => a.RemoteAddress),
            ("Browser", a => a.UserAgent)
        );
        return new EmptyResult();
    }

    private static LoginAttemptFilter Filter(ListQuery query) => new(query.Q, query.Text("outcome"));
}
