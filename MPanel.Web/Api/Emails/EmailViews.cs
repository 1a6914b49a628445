using System.Text.Json;
using System.Text.Json.Serialization;
using MPanel.Database.Emails;
using MPanel.Jobs.Emails;

namespace MPanel.Web.Api.Emails;

/// <summary>An e-mail in the list.</summary>
/// <param name="Template">What it says, such as <c>receipt</c>.</param>
/// <param name="Status"><c>queued</c>, <c>sending</c>, <c>sent</c>, <c>failed</c>, <c>suppressed</c>, <c>skipped</c> or <c>unknown</c>.</param>
/// <param name="Subject">As it was sent; null until then.</param>
/// <param name="Reason">Of the last try, or why it was not sent; null where nothing went wrong.</param>
public sealed record EmailView(
    long Id,
    string Template,
    string Recipient,
    long? CustomerId,
    string Status,
    int Tries,
    string? Subject,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt
);

/// <summary>One e-mail with what it said. Links that let their reader in are left out.</summary>
/// <param name="ReasonCode">Stable.</param>
/// <param name="Facts">What the template says it with.</param>
/// <param name="Text">As it was sent; null until then, as is the HTML.</param>
/// <param name="SuppressionId">Of the address, which takes no mail; null where it does.</param>
public sealed record EmailFullView(
    EmailView Email,
    string? ReasonCode,
    JsonElement Facts,
    string? Text,
    string? Html,
    long? UserId,
    long? SuppressionId
)
{
    public static EmailFullView Of(EmailDetail e) =>
        new(
            new EmailView(
                e.Id,
                e.Template,
                e.Person.Recipient,
                e.Person.CustomerId,
                e.Status,
                e.Tries,
                e.Content?.Subject,
                e.Reason?.Text,
                e.CreatedAt,
                e.SentAt
            ),
            e.Reason?.Code,
            JsonSerializer.Deserialize<JsonElement>(e.Facts),
            e.Content?.Text,
            e.Content?.Html,
            e.Person.UserId,
            e.Person.SuppressionId
        );
}

/// <param name="RequestId">Names the request: the same again is the same e-mail. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResendRequest(Guid? RequestId = null);

/// <param name="Version">0 for the program's own.</param>
/// <param name="Subject">Liquid, as all three.</param>
/// <param name="Sample">The facts that its previews use.</param>
public sealed record TemplateView(
    string Code,
    string Title,
    int Version,
    string Subject,
    string Text,
    string Html,
    JsonElement Sample,
    string? ChangedBy,
    DateTimeOffset? ChangedAt
)
{
    public static TemplateView Of(TemplateInUse t) =>
        new(
            t.Template.Code,
            t.Template.Title,
            t.Version,
            t.Source.Subject,
            t.Source.Text,
            t.Source.Html,
            JsonSerializer.Deserialize<JsonElement>(t.Template.Sample),
            t.ChangedBy,
            t.ChangedAt
        );
}

/// <param name="Version">As read: another one by now is a conflict.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TemplateChange(int Version, string Subject, string Text, string Html);

/// <param name="Subject">Liquid, as all three.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TemplateDraft(string Subject, string Text, string Html);

/// <param name="Missing">Names that the template uses and its facts lack.</param>
public sealed record TemplatePreview(string Subject, string Text, string Html, IReadOnlyList<string> Missing);
