using System.ComponentModel.DataAnnotations;

namespace MPanel.NodeAgent;

/// <summary>Settings of section <c>Agent</c>; the environment overrides them as <c>Agent__PanelUrl</c> and so on.</summary>
public sealed record AgentOptions : IValidatableObject
{
    public const string Section = "Agent";

    private const string MissingPath = "{0} is missing: set it to an absolute path.";

    /// <summary>The panel's API address, such as <c>https://panel.example.com</c>.</summary>
    [Required(ErrorMessage = "{0} is missing: set it to the panel's API address, for example https://panel.example.com.")]
    public string PanelUrl { get; init; } = "";

    /// <summary>Lets the token travel over plain http to another machine than this one.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>The agent's own memory: token, outbox, lock. Private to it, one agent each.</summary>
    [Required(ErrorMessage = MissingPath), PlainPath]
    public string StateDirectory { get; init; } = "";

    /// <summary>The one-time code of the first start. Ignored once a token file exists.</summary>
    public string? EnrolmentCode { get; init; }

    /// <summary>Tasks worked on at once.</summary>
    [Range(1, 64)]
    public int Slots { get; init; } = 8;

    [Range(0, 30)]
    public int ClaimWaitSeconds { get; init; } = 25;

    [Range(1, 3600)]
    public int HeartbeatSeconds { get; init; } = 10;

    /// <summary>How long a running task may go on after SIGTERM.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; init; } = 60;

    /// <summary>The pause after the panel refused the token or the enrolment code.</summary>
    [Range(1, 86400)]
    public int RefusedRetrySeconds { get; init; } = 60;

    [Required(ErrorMessage = MissingPath), PlainPath]
    public string SitesDirectory { get; init; } = "";

    /// <summary>False only for development without root: the sites then belong to the agent's own user.</summary>
    public bool SystemUsers { get; init; } = true;

    [Required, RegularExpression("^[a-z]{1,8}$", ErrorMessage = "{0} must be one to eight lower-case letters.")]
    public string UserPrefix { get; init; } = "mp";

    /// <summary>A website's uid is this plus its id. See <see cref="Hosting.SiteUserIds"/> for the choice.</summary>
    public long UidBase { get; init; } = Hosting.SiteUserIds.DefaultBase;

    /// <summary>The group nginx's workers run as.</summary>
    [Required, RegularExpression("^-*([a-z]-*){1,8}$", ErrorMessage = "{0} is not a group name.")]
    public string WebGroup { get; init; } = "www-data";

    [Required(ErrorMessage = MissingPath), PlainPath]
    public string NginxBinary { get; init; } = "/usr/sbin/nginx";

    /// <summary>True: the agent configures, starts and keeps an nginx in <see cref="NginxPrefix"/>. False: the host's nginx is used.</summary>
    public bool NginxManaged { get; init; } = true;

    [PlainPath]
    public string NginxPrefix { get; init; } = "";

    /// <summary>The address sites listen on: an IPv4 address, or <c>*</c> for all.</summary>
    public string NginxAddress { get; init; } = "*";

    [Range(1, 65535)]
    public int NginxPort { get; init; } = 80;

    /// <summary>A managed nginx outlives the agent unless this is set.</summary>
    public bool NginxStopOnExit { get; init; }

    /// <summary>Host's nginx only: a directory of our own that its configuration includes as <c>*.conf</c>.</summary>
    [PlainPath]
    public string VhostDirectory { get; init; } = "";

    /// <summary>Host's nginx only.</summary>
    [Required(ErrorMessage = MissingPath), PlainPath]
    public string NginxPidFile { get; init; } = "/run/nginx.pid";

    /// <summary>How long a new configuration may take until it answers.</summary>
    [Range(1, 600)]
    public int ProbeSeconds { get; init; } = 15;

    /// <summary>How long useradd, nginx -t and the like may take.</summary>
    [Range(1, 600)]
    public int ProgramSeconds { get; init; } = 30;

    /// <summary>How long the archive of a website, or the removal of its files, may take.</summary>
    [Range(1, 86400)]
    public int ArchiveSeconds { get; init; } = 3600;

    /// <summary>How often nginx's access log is taken up, split by website and counted.</summary>
    [Range(1, 3600)]
    public int AccessLogSeconds { get; init; } = 60;

    /// <summary>How many days a website's access log is kept, and what was counted.</summary>
    [Range(1, 366)]
    public int AccessLogDays { get; init; } = 14;

    /// <summary>A website's log of this size is packed, and another one begun.</summary>
    [Range(1, 10240)]
    public int AccessLogMegabytes { get; init; } = 50;

    /// <summary>All logs of one website. The oldest go first.</summary>
    [Range(1, 1_048_576)]
    public int AccessLogSiteMegabytes { get; init; } = 500;

    /// <summary>While the disk has less room, no lines are kept; they are counted all the same.</summary>
    [Range(0, 1_073_741_824)]
    public int AccessLogReserveMegabytes { get; init; } = 512;

    [Required(ErrorMessage = MissingPath), PlainPath]
    public string HooksDirectory { get; init; } = "/etc/mpanel/hooks.d";

    [Range(1, 3600)]
    public int HookSeconds { get; init; } = 30;

    /// <summary>Production's log file; a file each day, thirty of them. Default: <c>logs/agent-.json</c> in the state directory.</summary>
    public string? LogFile { get; init; }

    /// <summary>Limits by plan code, beside the built-in ones: for tasks of a panel of the first release, which sends no limits.</summary>
    public Dictionary<string, PlanOptions> Plans { get; init; } = [];

    /// <summary>Development only.</summary>
    public FaultOptions Faults { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => AgentRules.Check(this);
}

/// <param name="MaxUploadMegabytes">The largest request body.</param>
public sealed record PlanOptions(int MaxUploadMegabytes = 64);

public sealed record FaultOptions
{
    /// <summary>The name of the effect after which the agent kills itself, once.</summary>
    public string? DieAfter { get; init; }
}
