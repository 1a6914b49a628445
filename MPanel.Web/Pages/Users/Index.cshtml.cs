using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Api.Access;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Users;

public sealed class IndexModel(ListDatabase database) : ListPage<UserRow, UserFilter>(UserRoutes.List, database);
