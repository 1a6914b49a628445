using System.Net;

namespace MPanel.NodeAgent.Panel;

/// <summary>What the panel said, or that it could not be heard.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Body">Of a 2xx with a body.</param>
/// <param name="Code">The problem's stable code, if it named one.</param>
/// <param name="Detail">For people: the problem's words, or what went wrong on the way.</param>
internal sealed record PanelAnswer<T>(int Status, T? Body, string? Code, string? Detail, TimeSpan? RetryAfter)
    where T : class
{
    public bool Accepted => Status is >= 200 and < 300;

    /// <summary>Nobody was there, or nobody said anything in time.</summary>
    public bool Unanswered => Status == 0;

    /// <summary>No fault of the request: worth sending again.</summary>
    public bool Unavailable => Status is 0 or 408 or 425 or 429 or >= 500;

    public bool TokenRefused => Status is (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden;

    /// <summary>The lease is no longer ours, or never was.</summary>
    public bool LeaseRefused => Status == (int)HttpStatusCode.Conflict || (Status == (int)HttpStatusCode.NotFound && Code is not null);

    public string Reason =>
        $"{(Status == 0 ? "no answer" : Status)}{(Code is null ? "" : $" {Code}")}{(Detail is null ? "" : $": {Detail}")}";
}

/// <summary>The body of an answer that has none of interest.</summary>
internal sealed record Nothing;
