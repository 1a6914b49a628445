namespace MPanel.Tests.Support;

/// <summary>For tests that put rows into states as if by a long life, instead of living it.</summary>
public static class Transitions
{
    /// <summary>From here on, this database takes any state after any other.</summary>
    public const string Free = """
        do $$
        declare found record;
        begin
            for found in select tgrelid::regclass as of, tgname as name from pg_trigger where tgfoid = 'refuse_transition'::regproc
            loop execute format('alter table %s disable trigger %I', found.of, found.name); end loop;
        end $$
        """;
}
