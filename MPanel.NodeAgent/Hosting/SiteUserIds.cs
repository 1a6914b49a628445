namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Which user ids websites may have. Below this range everything is somebody's: Debian's accounts end at 65,535, its subordinate
/// ids run from 100,000 to 600,100,000, systemd's containers from 524,288 to 1,879,048,191, and directory services map
/// theirs from 200,000 to 2,000,200,000. Above it systemd keeps its foreign ids (from 2,147,352,576), and from 2^31 on programs
/// that count with signed numbers fail. So websites begin at 2,010,000,000: room for 137 million ids that are never used again.
/// </summary>
internal static class SiteUserIds
{
    public const long DefaultBase = 2_010_000_000;
    public const long Lowest = 2_000_200_001;
    public const long Highest = 2_147_352_575;
}
