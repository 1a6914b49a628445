namespace MPanel.Database.Lists;

/// <summary>Something a list can be sorted by.</summary>
/// <param name="Key">Its name in <c>?sort=</c>.</param>
/// <param name="Sql">A not-null expression over the statement's tables, with an index on (expression, id) where the table grows.</param>
/// <param name="Type">PostgreSQL type of the expression: <c>bigint</c>, <c>integer</c>, <c>numeric</c>, <c>text</c> or <c>timestamptz</c>.</param>
public sealed record SortColumn(string Key, string Sql, string Type);

/// <summary>The row at which a slice begins, itself not part of it.</summary>
/// <param name="Value">Text form of the sort column's value there.</param>
/// <param name="Backward">The slice ends before the row, instead of beginning behind it.</param>
public sealed record SliceEdge(string Value, long Id, bool Backward);

/// <summary>A row that a keyset can continue from. Statements select it as <c>({sort})::text as sort_key</c>.</summary>
public interface IListRow
{
    long Id { get; }

    string SortKey { get; }
}
