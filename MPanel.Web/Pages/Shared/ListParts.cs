using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Shared;

/// <summary>What stands where there is nothing to show: why, and what to do next.</summary>
/// <param name="Icon">A file of wwwroot/lib/tabler-icons.</param>
/// <param name="Action">Text of the link to what to do; null where there is nothing to be done here.</param>
public sealed record EmptyState(string Icon, string Title, string Text, string? Action = null, string? Link = null)
{
    /// <summary>
    /// This one where the list is really empty; where only the filters leave nothing, one that takes them away; where the list ends before
    /// the slice asked for, because rows went meanwhile, one that leads to its beginning.
    /// </summary>
    public EmptyState For(ListView list) =>
        list.Query.Edge is not null
            ? new EmptyState("search", $"No further {list.What}", "The list ends here.", "To its beginning", list.Link())
        : list.Query.Unfiltered ? this
        : new EmptyState("search", $"No {list.What} match", "Nothing fits the search and filters above.", "Show all", list.Path);
}

/// <summary>Somebody else changed the same record meanwhile: every field that differs, in both versions.</summary>
/// <param name="What">What was edited, such as <c>customer</c>.</param>
public sealed record EditConflict(string What, IReadOnlyList<EditedField> Fields);

/// <param name="Theirs">As it stands now.</param>
/// <param name="Yours">As it was sent.</param>
public sealed record EditedField(string Label, string? Theirs, string? Yours)
{
    public bool Differs => (Theirs ?? "") != (Yours ?? "");
}
