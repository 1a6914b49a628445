namespace MPanel.NodeAgent.Work;

/// <summary>Why a task failed.</summary>
/// <param name="Code">Stable, such as <c>nginx_config_invalid</c>.</param>
/// <param name="Permanent">No further attempt would help.</param>
internal sealed record TaskFailure(string Code, string Message, bool Permanent = false);
