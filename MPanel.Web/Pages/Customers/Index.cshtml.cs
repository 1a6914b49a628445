using MPanel.Database.Customers;
using MPanel.Database.Lists;
using MPanel.Web.Api.Customers;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Customers;

public sealed class IndexModel(ListDatabase database) : ListPage<CustomerRow, CustomerFilter>(CustomerRoutes.List, database);
