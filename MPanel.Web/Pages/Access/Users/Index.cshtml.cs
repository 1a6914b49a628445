using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Api.Access;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Access.Users;

public sealed class IndexModel(ListDatabase database) : ListPage<UserRow, UserFilter>(UserRoutes.List, database);
