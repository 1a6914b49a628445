using Dapper;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>A template as people have changed it.</summary>
/// <param name="Version">One higher with each change.</param>
public sealed record ChangedTemplate(
    string Template,
    string Locale,
    string Subject,
    string BodyText,
    string BodyHtml,
    int Version,
    string UpdatedBy,
    DateTimeOffset UpdatedAt
);

public static class ChangedTemplates
{
    private const string Columns = "template, locale, subject, body_text, body_html, version, updated_by, updated_at";

    public static async Task<IReadOnlyList<ChangedTemplate>> All(NpgsqlConnection db) =>
        [.. await db.QueryAsync<ChangedTemplate>($"select {Columns} from email_templates order by template, locale")];

    /// <summary>Null where the program's own is used.</summary>
    public static Task<ChangedTemplate?> Get(NpgsqlConnection db, string template, string locale, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleOrDefaultAsync<ChangedTemplate>(
            $"select {Columns} from email_templates where template = @template and locale = @locale",
            new { template, locale },
            transaction
        );

    /// <param name="version">That the change began from; 0 for the program's own.</param>
    /// <returns>False when somebody else changed it meanwhile.</returns>
    public static async Task<bool> Save(NpgsqlTransaction transaction, ChangedTemplate changed, int version) =>
        await transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            with first as (
                insert into email_templates (template, locale, subject, body_text, body_html, updated_by)
                select @Template, @Locale, @Subject, @BodyText, @BodyHtml, @UpdatedBy where @version = 0
                on conflict (template, locale) do nothing
                returning 1
            ), later as (
                update email_templates
                set subject = @Subject, body_text = @BodyText, body_html = @BodyHtml, updated_by = @UpdatedBy, version = version + 1,
                    updated_at = now()
                where template = @Template and locale = @Locale and version = @version
                returning 1
            )
            select exists (select from first) or exists (select from later)
            """,
            new
            {
                changed.Template,
                changed.Locale,
                changed.Subject,
                changed.BodyText,
                changed.BodyHtml,
                changed.UpdatedBy,
                version,
            },
            transaction
        );

    /// <returns>False when it was the program's own already.</returns>
    public static async Task<bool> Reset(NpgsqlTransaction transaction, string template, string locale) =>
        await transaction.Connection!.ExecuteAsync(
            "delete from email_templates where template = @template and locale = @locale",
            new { template, locale },
            transaction
        ) == 1;
}
