using MPanel.Database.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>A template as it is used now.</summary>
/// <param name="Version">0 for the program's own.</param>
public sealed record TemplateInUse(
    EmailTemplate Template,
    TemplateSource Source,
    int Version,
    string? ChangedBy,
    DateTimeOffset? ChangedAt
);

/// <summary>What people do to templates.</summary>
public sealed class TemplateActions(NpgsqlDataSource dataSource, EmailRenderer renderer, MailSwitch mail, MailSeal seal, JobSignals jobs)
{
    private const string Locale = QueueEmail.DefaultLocale;

    public static async Task<IReadOnlyList<TemplateInUse>> All(NpgsqlConnection db)
    {
        var changed = (await ChangedTemplates.All(db)).Where(c => c.Locale == Locale).ToDictionary(c => c.Template);
        return [.. EmailTemplates.All.Select(t => InUse(t, changed.GetValueOrDefault(t.Code)))];
    }

    /// <summary>Null for a code that is none.</summary>
    public static async Task<TemplateInUse?> Get(NpgsqlConnection db, string code, NpgsqlTransaction? transaction = null) =>
        EmailTemplates.Find(code) is { } template ? InUse(template, await ChangedTemplates.Get(db, code, Locale, transaction)) : null;

    /// <summary>Whoever writes the message that a secret link comes in can have the link: only who may do everything anyway changes those.</summary>
    /// <param name="version">That the change began from.</param>
    public async Task<Outcome<TemplateInUse>> Save(Actor actor, string code, int version, TemplateSource source)
    {
        if (EmailTemplates.Find(code) is not { } template)
            return new Outcome<TemplateInUse>.Missing();
        if (template.HasSecretLink && !actor.Authority.SuperAdmin)
            return Refusal.Beyond;
        source = new TemplateSource(source.Subject.Trim(), Lines(source.Text), Lines(source.Html));
        if (renderer.Faults(template, source) is { Count: > 0 } faults)
            return Refusal.Invalid([.. faults.Select(f => new FieldError(f.Part, "malformed", $"Line {f.Line}: {f.Message}"))]);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var before = (await Get(db, code, transaction))!;
        var changed = new ChangedTemplate(code, Locale, source.Subject, source.Text, source.Html, 0, actor.Name, DateTimeOffset.MinValue);
        if (!await ChangedTemplates.Save(transaction, changed, version))
            return new Outcome<TemplateInUse>.Conflict((await Get(db, code, transaction))!);
        await actor
            .Audit("email_template.changed", $"e-mail template {code}", AuditJson.Of(before.Source), AuditJson.Of(source))
            .Append(db, transaction);
        var now = (await Get(db, code, transaction))!;
        await transaction.CommitAsync();
        return new Outcome<TemplateInUse>.Done(now);
    }

    /// <summary>The program's own again.</summary>
    public async Task<Outcome<TemplateInUse>> Reset(Actor actor, string code)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Get(db, code, transaction) is not { } before)
            return new Outcome<TemplateInUse>.Missing();
        if (!await ChangedTemplates.Reset(transaction, code, Locale))
            return new Outcome<TemplateInUse>.Done(before);
        var now = (await Get(db, code, transaction))!;
        await actor
            .Audit("email_template.reset", $"e-mail template {code}", AuditJson.Of(before.Source), AuditJson.Of(now.Source))
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<TemplateInUse>.Done(now);
    }

    /// <summary>Sends the template, as it is saved and with its sample, to whoever asks.</summary>
    /// <param name="uid">Names the request: the same again is the same e-mail.</param>
    public async Task<Outcome<string>> Test(Actor actor, string code, Guid uid)
    {
        if (EmailTemplates.Find(code) is not { } template)
            return new Outcome<string>.Missing();
        if (actor is not { Kind: ActorKind.User, Id: { } user })
            return Refusal.Unfit("no_address", "A test goes to whoever asks for it, and a key has no e-mail address.");
        if (!mail.Sends)
            return Refusal.State("email_off", $"E-mail is off: {string.Join(", ", mail.Missing)} must be set.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var link = template.HasSecretLink ? seal.Close("https://panel.example.com/this-is-a-test") : null;
        await QueueEmail.Staff(transaction, new StaffEmail(code, user, $"test {uid}", template.Sample, actor.CorrelationId, link));
        await transaction.CommitAsync();
        jobs.Added();
        return new Outcome<string>.Done(actor.Name);
    }

    private static TemplateInUse InUse(EmailTemplate template, ChangedTemplate? changed) =>
        changed is null
            ? new TemplateInUse(template, BuiltInTemplates.Of(template.Code), 0, null, null)
            : new TemplateInUse(
                template,
                new TemplateSource(changed.Subject, changed.BodyText, changed.BodyHtml),
                changed.Version,
                changed.UpdatedBy,
                changed.UpdatedAt
            );

    private static string Lines(string text) => text.ReplaceLineEndings("\n").Trim();
}
