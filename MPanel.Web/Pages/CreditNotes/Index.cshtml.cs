using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.CreditNotes;

public sealed class IndexModel(ListDatabase database) : ListPage<CreditNoteRow, CreditNoteFilter>(CreditNoteRoutes.List, database);
