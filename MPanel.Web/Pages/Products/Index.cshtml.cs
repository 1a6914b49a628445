using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Web.Api.Products;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Products;

public sealed class IndexModel(ListDatabase database) : ListPage<ProductRow, ProductFilter>(ProductRoutes.List, database);
