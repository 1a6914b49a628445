using System.Runtime.CompilerServices;
using Dapper;

namespace MPanel.Tests.Integration;

/// <summary>
/// All databases of a run have one schema, so Dapper may keep what it compiled for a statement in one of them for all the others. Left to
/// itself it compiles every statement anew for each of the hundreds of databases, and keeps it for ever: gigabytes, and much of the run's time.
/// </summary>
internal sealed class OneSchema : IEqualityComparer<string>
{
    [ModuleInitializer]
    internal static void Share() => SqlMapper.ConnectionStringComparer = new OneSchema();

    public bool Equals(string? x, string? y) => true;

    public int GetHashCode(string obj) => 0;
}
