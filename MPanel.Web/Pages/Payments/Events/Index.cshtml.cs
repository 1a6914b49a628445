using MPanel.Database.Lists;
using MPanel.Database.Payments;
using MPanel.Web.Api.Payments;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Payments.Events;

public sealed class IndexModel(ListDatabase database) : ListPage<StripeEventListRow, StripeEventFilter>(StripeEventRoutes.List, database);
