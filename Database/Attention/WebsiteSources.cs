namespace MPanel.Database.Attention;

/// <summary>What needs a person about websites, as in <see cref="AttentionSources"/>.</summary>
internal static class WebsiteSources
{
    /// <summary>Websites that stand, or shall, without the files that they had on a lost server.</summary>
    public const string LostContent = """
        from (
            select w.id * 16 + 12 as id, w.id as source_id, w.domain as subject, 'content_lost' as code, w.content_lost_at as since
            from websites w where w.content_lost_at is not null and w.status <> 'removed'
        ) f
        where @Websites and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>A name and its www name that are two websites of one customer, as an earlier release made them.</summary>
    public const string OverlappingNames = """
        from (
            select a.id * 16 + 13 as id, a.id as source_id, a.domain as subject, 'names_overlap' as code,
                   greatest(a.created_at, b.created_at) as since
            from websites b join websites a on a.domain = substr(b.domain, 5) and a.status <> 'removed' and a.customer_id = b.customer_id
            where b.domain like 'www.%' and b.status <> 'removed' and b.status <> 'removing' and a.status <> 'removing'
        ) f
        where @Websites and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;
}
