using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Web.Api.Domains;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Domains;

public sealed class IndexModel(ListDatabase database) : ListPage<DomainRow, DomainFilter>(DomainRoutes.List, database);
