using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Web.Api.Servers;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Servers;

public sealed class IndexModel(ListDatabase database) : ListPage<ServerRow, ServerFilter>(ServerRoutes.List, database);
