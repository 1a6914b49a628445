using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Domains;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Domains;

public sealed class IndexModel(ListDatabase database, PublicSuffixes suffixes)
    : ListPage<DomainRow, DomainFilter>(DomainRoutes.List, database)
{
    /// <summary>Of the list of names under which others register theirs.</summary>
    public string SuffixesOf => suffixes.Date;
}
