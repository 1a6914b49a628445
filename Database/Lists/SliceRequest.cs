using Dapper;
using Npgsql;

namespace MPanel.Database.Lists;

/// <summary>One screenful of a list.</summary>
/// <param name="Previous">Edge of the slice before; null when there is none.</param>
/// <param name="Next">Edge of the slice behind; null when there is none.</param>
public sealed record Slice<T>(IReadOnlyList<T> Rows, SliceEdge? Previous, SliceEdge? Next);

/// <summary>
/// Which slice of a list is wanted. Keyset paging: rows that come or go between two requests neither repeat nor hide others, and the
/// thousandth page costs what the first does.
/// </summary>
/// <param name="Edge">Null for the first slice.</param>
public sealed record SliceRequest(SortColumn Sort, bool Descending, SliceEdge? Edge, int Size)
{
    /// <param name="id">The statement's id column, such as <c>c.id</c>: decides between rows of the same value.</param>
    /// <param name="sql">
    /// A whole statement that selects <c>({sort})::text as sort_key</c> and contains <c>and {after}</c>, <c>order by {order}</c> and
    /// <c>limit @limit</c>. The slots are filled from the declared sort columns only, never from input.
    /// </param>
    /// <param name="filter">The statement's own parameters.</param>
    public async Task<Slice<T>> Read<T>(NpgsqlConnection db, string id, string sql, object filter)
        where T : IListRow
    {
        var backward = Edge is { Backward: true };
        var descending = Descending != backward;
        var direction = descending ? "desc" : "asc";
        var after = Edge is null ? "true" : $"({Sort.Sql}, {id}) {(descending ? '<' : '>')} (@edgeValue::{Sort.Type}, @edgeId)";
        // By the id alone where that is the sort column: an index on (id, id) is nobody's.
        var order = Sort.Sql == id ? $"{id} {direction}" : $"{Sort.Sql} {direction}, {id} {direction}";
        var parameters = new DynamicParameters(filter);
        parameters.Add("edgeValue", Edge?.Value);
        parameters.Add("edgeId", Edge?.Id);
        // One more than wanted says whether there is more.
        parameters.Add("limit", Size + 1);
        var statement = sql.Replace("{sort}", Sort.Sql, StringComparison.Ordinal)
            .Replace("{after}", after, StringComparison.Ordinal)
            .Replace("{order}", order, StringComparison.Ordinal);
        var rows = (await db.QueryAsync<T>(statement, parameters)).ToList();
        var more = rows.Count > Size;
        if (more)
            rows.RemoveAt(Size);
        if (backward)
            rows.Reverse();
        return new Slice<T>(
            rows,
            Previous: rows.Count > 0 && (backward ? more : Edge is not null) ? At(rows[0], backward: true) : null,
            Next: rows.Count > 0 && (backward || more) ? At(rows[^1], backward: false) : null
        );
    }

    private static SliceEdge At(IListRow row, bool backward) => new(row.SortKey, row.Id, backward);
}
