namespace MPanel.NodeAgent;

/// <summary>Settings of section <c>Agent</c>; the environment overrides them as <c>Agent__PanelUrl</c> and so on.</summary>
public sealed record AgentOptions
{
    public const string Section = "Agent";

    /// <summary>The panel's API address, such as <c>https://panel.example.com</c>.</summary>
    public string PanelUrl { get; init; } = "";

    /// <summary>Lets the token travel over plain http to another machine than this one.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>The agent's own memory: token, outbox, lock. Private to it, one agent each.</summary>
    public string StateDirectory { get; init; } = "";

    /// <summary>The one-time code of the first start. Ignored once a token file exists.</summary>
    public string? EnrolmentCode { get; init; }

    /// <summary>Tasks worked on at once.</summary>
    public int Slots { get; init; } = 2;
    public int ClaimWaitSeconds { get; init; } = 25;
    public int HeartbeatSeconds { get; init; } = 10;

    /// <summary>How long a running task may go on after SIGTERM.</summary>
    public int DrainSeconds { get; init; } = 60;

    /// <summary>The pause after the panel refused the token or the enrolment code.</summary>
    public int RefusedRetrySeconds { get; init; } = 60;

    public string SitesDirectory { get; init; } = "";

    /// <summary>False only for development without root: the sites then belong to the agent's own user.</summary>
    public bool SystemUsers { get; init; } = true;
    public string UserPrefix { get; init; } = "mp";

    /// <summary>A website's uid is this plus its id. See <see cref="Hosting.SiteUserIds"/> for the choice.</summary>
    public long UidBase { get; init; } = Hosting.SiteUserIds.DefaultBase;

    /// <summary>The group nginx's workers run as.</summary>
    public string WebGroup { get; init; } = "www-data";

    public string NginxBinary { get; init; } = "/usr/sbin/nginx";

    /// <summary>True: the agent configures, starts and keeps an nginx in <see cref="NginxPrefix"/>. False: the host's nginx is used.</summary>
    public bool NginxManaged { get; init; } = true;
    public string NginxPrefix { get; init; } = "";

    /// <summary>The address sites listen on: an IPv4 address, or <c>*</c> for all.</summary>
    public string NginxAddress { get; init; } = "*";
    public int NginxPort { get; init; } = 80;

    /// <summary>A managed nginx outlives the agent unless this is set.</summary>
    public bool NginxStopOnExit { get; init; }

    /// <summary>Host's nginx only: a directory of our own that its configuration includes as <c>*.conf</c>.</summary>
    public string VhostDirectory { get; init; } = "";

    /// <summary>Host's nginx only.</summary>
    public string NginxPidFile { get; init; } = "/run/nginx.pid";

    /// <summary>How long a new configuration may take until it answers.</summary>
    public int ProbeSeconds { get; init; } = 15;

    /// <summary>How long useradd, nginx -t and the like may take.</summary>
    public int ProgramSeconds { get; init; } = 30;

    public string HooksDirectory { get; init; } = "/etc/mpanel/hooks.d";
    public int HookSeconds { get; init; } = 30;

    /// <summary>Production's log file; a file each day, thirty of them. Default: <c>logs/agent-.json</c> in the state directory.</summary>
    public string? LogFile { get; init; }

    /// <summary>Limits by plan code, beside the built-in ones.</summary>
    public Dictionary<string, PlanOptions> Plans { get; init; } = [];

    /// <summary>Development only.</summary>
    public FaultOptions Faults { get; init; } = new();
}

/// <param name="MaxUploadMegabytes">The largest request body.</param>
public sealed record PlanOptions(int MaxUploadMegabytes = 64);

public sealed record FaultOptions
{
    /// <summary>The name of the effect after which the agent kills itself, once.</summary>
    public string? DieAfter { get; init; }
}
