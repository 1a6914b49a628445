using MPanel.Database.Lists;
using MPanel.Database.Subscriptions;
using MPanel.Web.Api.Subscriptions;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Subscriptions;

public sealed class IndexModel(ListDatabase database) : ListPage<SubscriptionRow, SubscriptionFilter>(SubscriptionRoutes.List, database);
