using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Web.Api.Websites;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Websites;

public sealed class IndexModel(ListDatabase database) : ListPage<WebsiteRow, WebsiteFilter>(WebsiteRoutes.List, database);
