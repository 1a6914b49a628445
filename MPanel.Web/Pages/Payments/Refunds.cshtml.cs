using MPanel.Database.Lists;
using MPanel.Database.Refunds;
using MPanel.Web.Api.Payments;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Payments;

public sealed class RefundsModel(ListDatabase database) : ListPage<RefundRow, RefundFilter>(PaymentRoutes.Refunds, database);
