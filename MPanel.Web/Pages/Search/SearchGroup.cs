namespace MPanel.Web.Pages.Search;

/// <param name="Status">Shown as a badge; null for none.</param>
public sealed record SearchHit(string Title, string Text, string? Status, string Link);

/// <summary>What was found of one kind of record.</summary>
/// <param name="Icon">A file of wwwroot/lib/tabler-icons.</param>
/// <param name="All">The list that shows all that match; null where there is none.</param>
public sealed record SearchGroup(string Title, string Icon, IReadOnlyList<SearchHit> Hits, string? All);
