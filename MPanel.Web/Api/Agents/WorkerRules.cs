using System.Text.RegularExpressions;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Outcomes;
using MPanel.NodeAgent.Contract;

namespace MPanel.Web.Api.Agents;

/// <summary>What the worker API accepts in its bodies; every wrong field is named at once.</summary>
public static partial class WorkerRules
{
    private const int MaxTypes = 32;
    private const int MaxLinesAtOnce = 2000;
    private const int MaxServices = 32;
    private const int LongestProblem = 1000;
    private const int MaxProofs = 100;
    private const int LongestProof = 500;

    public static List<FieldError> Check(EnrollRequest request) => [.. Version("agentVersion", request.AgentVersion)];

    public static List<FieldError> Check(HeartbeatRequest request) =>
        [
            .. Version("agentVersion", request.AgentVersion),
            .. Types("capabilities", request.Capabilities, least: 0),
            .. Rule(request.FreeSlots is >= 0 and <= 10_000, "freeSlots", "out_of_range", "Must be 0 to 10000."),
            .. Metrics(request.Metrics),
            .. Services(request.Services ?? []),
        ];

    public static List<FieldError> Check(ClaimRequest request) =>
        [
            .. Types("types", request.Types, least: 1),
            .. Rule(request.Wait is >= 0 and <= 30, "wait", "out_of_range", "Must be 0 to 30 seconds."),
        ];

    public static List<FieldError> Check(LogRequest request)
    {
        var errors = Rule(request.Lines.Length <= MaxLinesAtOnce, "lines", "too_many", $"Must be at most {MaxLinesAtOnce}.").ToList();
        for (var i = 0; i < request.Lines.Length && errors.Count < 20; i++)
        {
            if (request.Lines[i] is not { } line)
            {
                errors.Add(new FieldError($"lines[{i}]", "required", "Must not be null."));
                continue;
            }
            errors.AddRange(Rule(line.Seq >= 1, $"lines[{i}].seq", "out_of_range", "Must be at least 1."));
            errors.AddRange(
                Rule(line.Level is "info" or "warn" or "error", $"lines[{i}].level", "unknown_level", "Must be info, warn or error.")
            );
        }
        return errors;
    }

    public static List<FieldError> Check(InventoryRequest request)
    {
        if (request.Items.Length > InventoryRequest.MostItems)
            return [.. Rule(false, "items", "too_many", $"Must be at most {InventoryRequest.MostItems}.")];
        return
        [
            .. request
                .Items.SelectMany(
                    (item, i) =>
                        item is null
                            ? Rule(false, $"items[{i}]", "required", "Must not be null.")
                            : Rule(
                                TaskType().IsMatch(item.Kind ?? "")
                                    && item.Id > 0
                                    && item.Revision >= 0
                                    && (item.Hash == "" || Sha256().IsMatch(item.Hash ?? ""))
                                    && (item.Problem is null or { Length: > 0 and <= LongestProblem }),
                                $"items[{i}]",
                                "malformed",
                                $"Must have a kind, an id above 0, a revision, a hash or none, and a problem of 1 to {LongestProblem} characters or none."
                            )
                )
                .Take(20),
        ];
    }

    public static List<FieldError> Check(CompleteRequest request) =>
        request.Status switch
        {
            TaskState.Success =>
            [
                .. Rule(request.Error is null, "error", "not_allowed", "A success has no error."),
                .. Rule(!request.Permanent, "permanent", "not_allowed", "A success is not permanent."),
                .. Applied(request.Applied),
            ],
            TaskState.Failed when request.Error is { } error =>
            [
                .. Rule(ErrorCode().IsMatch(error.Code), "error.code", "malformed", "Must be 1 to 64 of a-z, 0-9, '_', '.' and '-'."),
                .. Rule(error.Message.Length > 0, "error.message", "required", "Must say what went wrong."),
            ],
            TaskState.Failed => [new FieldError("error", "required", "A failure says what went wrong.")],
            _ => [new FieldError("status", "unknown_status", "Must be success or failed.")],
        };

    private static IEnumerable<FieldError> Applied(AppliedState? applied) =>
        applied is null
            ? []
            :
            [
                .. Rule(applied.Revision >= 0, "applied.revision", "out_of_range", "Must not be negative."),
                .. Rule(Sha256().IsMatch(applied.Hash ?? ""), "applied.hash", "malformed", "Must be 64 lower-case hexadecimal digits."),
                .. Rule(
                    applied.Archive is null
                        || (
                            ArchiveName().IsMatch(applied.Archive.Name ?? "")
                            && applied.Archive.Bytes >= 0
                            && Sha256().IsMatch(applied.Archive.Sha256 ?? "")
                        ),
                    "applied.archive",
                    "malformed",
                    "Must have a file name, a size that is not negative and a SHA-256."
                ),
                .. Rule(
                    applied.Erased is null or { Length: <= MaxProofs }
                        && (applied.Erased ?? []).All(line => line is { Length: > 0 and <= LongestProof }),
                    "applied.erased",
                    "malformed",
                    $"Must be at most {MaxProofs} lines of 1 to {LongestProof} characters."
                ),
            ];

    private static IEnumerable<FieldError> Version(string path, string version) =>
        Rule(Printable().IsMatch(version), path, "malformed", "Must be 1 to 64 printable ASCII characters.");

    private static IEnumerable<FieldError> Types(string path, string[] types, int least) =>
        Rule(types.Length >= least && types.Length <= MaxTypes, path, "wrong_count", $"Must be {least} to {MaxTypes} task types.")
            .Concat(
                types
                    .Take(MaxTypes)
                    .SelectMany(
                        (type, i) => Rule(type is not null && TaskType().IsMatch(type), $"{path}[{i}]", "malformed", "Must be a task type.")
                    )
            );

    private static IEnumerable<FieldError> Metrics(NodeMetrics metrics)
    {
        double[] figures =
        [
            metrics.CpuPercent,
            metrics.Load1,
            metrics.Load5,
            metrics.Load15,
            metrics.MemoryTotalBytes,
            metrics.MemoryUsedBytes,
            metrics.DiskTotalBytes,
            metrics.DiskUsedBytes,
            metrics.NetworkReceivedBytesPerSecond,
            metrics.NetworkSentBytesPerSecond,
            metrics.UptimeSeconds,
        ];
        return Rule(
            figures.All(f => double.IsFinite(f) && f >= 0),
            "metrics",
            "out_of_range",
            "Every figure must be finite and not negative."
        );
    }

    private static IEnumerable<FieldError> Services(ServiceHealth?[] services)
    {
        if (services.Length > MaxServices)
            return Rule(false, "services", "too_many", $"Must be at most {MaxServices}.");
        return services.SelectMany(
            (service, i) =>
                service is null
                    ? Rule(false, $"services[{i}]", "required", "Must not be null.")
                    :
                    [
                        .. Rule(
                            TaskType().IsMatch(service.Name ?? ""),
                            $"services[{i}].name",
                            "malformed",
                            "Must be 1 to 63 of a-z, 0-9, _ and -."
                        ),
                        .. Rule(
                            service.Problem is null or { Length: > 0 and <= LongestProblem },
                            $"services[{i}].problem",
                            "malformed",
                            $"Must be null or 1 to {LongestProblem} characters."
                        ),
                    ]
        );
    }

    private static IEnumerable<FieldError> Rule(bool holds, string path, string code, string message) =>
        holds ? [] : [new FieldError(path, code, message)];

    [GeneratedRegex(@"^[ -~]{1,64}\z")]
    private static partial Regex Printable();

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,62}\z")]
    private static partial Regex TaskType();

    [GeneratedRegex(@"^[a-z0-9_.-]{1,64}\z")]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Sha256();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex ArchiveName();
}
