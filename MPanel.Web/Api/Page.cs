namespace MPanel.Web.Api;

/// <summary>One page of a list.</summary>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Next">Pass as <c>cursor</c> for the next page; null on the last.</param>
/// <param name="Previous">The same for the page before; null on the first, and on lists that go forward only.</param>
/// <param name="TotalIsExact">False when there are more than <paramref name="Total"/>: large lists are counted no further.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total, string? Next, string? Previous = null, bool TotalIsExact = true);
