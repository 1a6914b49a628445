using MPanel.Database.Provisioning;

namespace MPanel.Web.Pages.Provisioning;

/// <summary>Some lines of a task's log, with who asks for the next ones.</summary>
/// <param name="Attempt">Of the last line before these; 0 when there is none.</param>
/// <param name="Seq">Of the last line before these.</param>
/// <param name="Cut">Earlier lines exist that are not shown.</param>
public sealed record TaskLogPart(long TaskId, IReadOnlyList<TaskLogLine> Lines, int Attempt, int Seq, bool Cut)
{
    public (int Attempt, int Seq) Last => Lines.Count > 0 ? (Lines[^1].Attempt, Lines[^1].Seq) : (Attempt, Seq);
}
