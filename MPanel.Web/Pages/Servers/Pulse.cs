namespace MPanel.Web.Pages.Servers;

/// <summary>What a server's agent last said, as a badge shows it.</summary>
/// <param name="HeardAt">Null when it has never reported.</param>
/// <param name="Problem">Null when its services are well.</param>
public sealed record Pulse(DateTimeOffset? HeardAt, bool Online, string? Problem);
