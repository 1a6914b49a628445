using System.Text.RegularExpressions;

namespace MPanel.Tests.Unit.Architecture;

/// <summary>SQL stands in Database only; everyone else calls what Database offers, with the connection or transaction it needs.</summary>
public static partial class SqlRule
{
    public static IEnumerable<string> Check(SourceFile file)
    {
        if (file.IsIn("Database"))
            yield break;
        foreach (var text in file.Strings.Where(s => Statement().IsMatch(s.Text)))
            yield return file.Violation(text.Line, "an SQL statement outside Database");
        foreach (var line in file.Code.Where(l => Command().IsMatch(l.Text)))
            yield return file.Violation(line.Line, "a database command outside Database");
    }

    [GeneratedRegex(
        @"^\s*(select\s[\s\S]*\b(from|exists)\b|select\s+(\d+|\w+\()|insert\s+into\s|update\s+\S+[\s\S]*\sset\s|delete\s+from\s|with\s+\w+\s+as\s*\(|(create|alter|drop)\s+(table|index|unique|role|database|schema|function|trigger|view|sequence|type|extension)\b|truncate\s|(listen|unlisten|notify)\s+\w+\s*;?\s*$|lock\s+table\s|set\s+(local|session)\s)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Statement();

    [GeneratedRegex(
        @"\b(NpgsqlCommand|NpgsqlBatch|NpgsqlBatchCommand|DbCommand)\b|\busing\s+Dapper\b|\bDapper\.|\bCreateCommand\s*\(|\bCommandText\b"
    )]
    private static partial Regex Command();
}
