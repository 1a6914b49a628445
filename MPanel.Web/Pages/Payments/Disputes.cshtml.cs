using MPanel.Database.Disputes;
using MPanel.Database.Lists;
using MPanel.Web.Api.Payments;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Payments;

public sealed class DisputesModel(ListDatabase database) : ListPage<DisputeRow, DisputeFilter>(DisputeRoutes.List, database);
