using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Customers;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Customers;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Api.Subscriptions;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Customers;

public static class CustomerRoutes
{
    private const string Route = "/api/admin/customers";
    private const int MostEntries = 100;

    public static readonly PanelList<CustomerRow, CustomerFilter> List = new(
        "customers",
        new ListDefinition(
            "-created",
            "Name, e-mail address or company",
            CustomerList.Sorts,
            [ListFilter.Text("country", "Country code"), ListFilter.Day("from", "Created from"), ListFilter.Day("to", "to")]
        ),
        Filter,
        CustomerList.Read,
        (db, filter, _) => CustomerList.Count(db, filter),
        new("Id", c => c.Id),
        new("Name", c => c.Name),
        new("E-mail address", c => c.Email),
        new("Company", c => c.CompanyName),
        new("Country", c => c.Country),
        new("Active subscriptions", c => c.ActiveSubscriptions),
        new("Created", c => c.CreatedAt),
        new("Paid", c => string.Join("; ", c.Paid.Select(p => Money.Text(p.Amount, p.Currency))), Permissions.InvoicesView)
    );

    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.CustomersView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Customers");
        app.MapGet($"{Route}/{{id:long}}", One).RequirePermission(Permissions.CustomersView).Refuses(404).WithSummary("One customer");
        app.MapPost(Route, Create).RequirePermission(Permissions.CustomersManage).WithSummary("A new customer");
        app.MapPatch($"{Route}/{{id:long}}", Change)
            .RequirePermission(Permissions.CustomersManage)
            .Refuses(404, 409)
            .WithSummary("Change a customer");
        app.MapPost($"{Route}/{{id:long}}/notes", AddNote)
            .RequirePermission(Permissions.CustomersManage)
            .Refuses(404)
            .WithSummary("Write something down about a customer");
        app.MapGet($"{Route}/{{id:long}}/subscriptions", Subscriptions)
            .RequirePermission(Permissions.SubscriptionsView)
            .Refuses(400, 404)
            .TakesList(SubscriptionRoutes.List.Definition)
            .WithSummary("A customer's subscriptions");
        app.MapGet($"{Route}/{{id:long}}/invoices", Invoices)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400, 404)
            .TakesList(InvoiceRoutes.List.Definition)
            .WithSummary("A customer's invoices");
        app.MapGet($"{Route}/{{id:long}}/credit", Credit)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(404)
            .WithSummary("A customer's credit, and where it came from and went");
    }

    private static CustomerFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.LikeIndexed(" "),
            query.Text("country")?.ToUpperInvariant(),
            query.StartOf("from", context.User.TimeZone()),
            query.EndOf("to", context.User.TimeZone())
        );

    public static Task<Results<Ok<Page<CustomerView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, c => CustomerView.Of(c, SeesMoney(context)));

    public static async Task<Results<Ok<CustomerFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await CustomerFacts.Of(db, id) is { } customer
            ? TypedResults.Ok(await View(db, customer, context))
            : Problems.NotFound("customer");
    }

    public static async Task<Results<Created<CustomerFullView>, ProblemHttpResult>> Create(
        CustomerInput request,
        HttpContext context,
        CustomerActions actions,
        NpgsqlDataSource dataSource
    )
    {
        var created = await actions.Create(context.Actor(), request);
        return await created.ToResult(
            context,
            "customer",
            async customer => TypedResults.Created($"{Route}/{customer.Id}", await View(dataSource, customer, context))
        );
    }

    public static async Task<Results<Ok<CustomerFullView>, ProblemHttpResult>> Change(
        long id,
        CustomerPatch request,
        HttpContext context,
        CustomerActions actions,
        NpgsqlDataSource dataSource
    )
    {
        var changed = await actions.Update(context.Actor(), id, request.Version, request.Over);
        return await changed.ToResult(
            context,
            "customer",
            async customer => TypedResults.Ok(await View(dataSource, customer, context)),
            customer => OutcomeAnswers.NothingSaved("customer", customer.Version)
        );
    }

    public static async Task<Results<Created<CustomerNote>, ProblemHttpResult>> AddNote(
        long id,
        NoteRequest request,
        HttpContext context,
        CustomerActions actions
    )
    {
        var added = await actions.AddNote(context.Actor(), id, request.Body);
        return await added.ToResult(context, "customer", note => TypedResults.Created($"{Route}/{id}", note));
    }

    public static async Task<Results<Ok<Page<SubscriptionView>>, ProblemHttpResult>> Subscriptions(
        long id,
        HttpContext context,
        ListDatabase database
    ) =>
        await Exists(id, context, database)
            ? await SubscriptionRoutes.PageOf(context, database, customer: id)
            : Problems.NotFound("customer");

    public static async Task<Results<Ok<Page<InvoiceView>>, ProblemHttpResult>> Invoices(
        long id,
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    ) =>
        await Exists(id, context, database)
            ? await InvoiceRoutes.PageOf(context, database, stripe, customer: id)
            : Problems.NotFound("customer");

    public static async Task<Results<Ok<CustomerCreditView>, ProblemHttpResult>> Credit(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await CustomerFacts.Of(db, id) is null
            ? Problems.NotFound("customer")
            : TypedResults.Ok(
                new CustomerCreditView(await CustomerCredit.Balances(db, id), await CustomerCredit.Entries(db, id, MostEntries))
            );
    }

    private static async Task<bool> Exists(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await CustomerFacts.Of(db, id) is not null;
    }

    private static bool SeesMoney(HttpContext context) => context.User.HasPermission(Permissions.InvoicesView);

    private static async Task<CustomerFullView> View(NpgsqlDataSource dataSource, CustomerDetail customer, HttpContext context)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        return await View(db, customer, context);
    }

    private static async Task<CustomerFullView> View(NpgsqlConnection db, CustomerDetail customer, HttpContext context) =>
        CustomerFullView.Of(
            customer,
            SeesMoney(context) ? (await CustomerTotals.Paid(db, [customer.Id]))[customer.Id] : [],
            await CustomerNotes.Of(db, customer.Id)
        );
}
