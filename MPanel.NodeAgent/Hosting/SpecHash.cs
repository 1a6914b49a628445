using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Of a specification: SHA-256 of its properties in a fixed order, as JSON without blanks. Ledgers keep it over releases, and agents of different releases
/// compare theirs: a property that a later release adds is written only when it is there.
/// </summary>
internal static class SpecHash
{
    /// <param name="spec">Its names in order.</param>
    public static string Of(HostingSpec spec)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
            Write(json, spec);
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, HostingSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("websiteId", spec.WebsiteId);
        json.WriteNumber("revision", spec.Revision);
        json.WriteString("epoch", spec.Epoch);
        json.WriteString("state", spec.State);
        json.WriteString("suspendedFor", spec.SuspendedFor);
        Each(json, "names", spec.Names, Name);
        json.WriteStartObject("limits");
        Limits(json, spec.Limits);
        json.WriteEndObject();
        Php(json, spec.Php);
        json.WriteStartObject("tls");
        json.WriteString("mode", spec.Tls.Mode);
        json.WriteBoolean("forceHttps", spec.Tls.ForceHttps);
        json.WriteBoolean("hsts", spec.Tls.Hsts);
        json.WriteEndObject();
        Each(json, "sftp", spec.Sftp, (j, k) => j.WriteString("key", k.Key));
        Each(json, "cron", spec.Cron, Cron);
        json.WriteString("serve", spec.Serve);
        json.WriteBoolean("archive", spec.Archive);
        json.WriteEndObject();
    }

    private static void Each<T>(Utf8JsonWriter json, string property, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(property);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Name(Utf8JsonWriter json, SiteName name)
    {
        json.WriteString("name", name.Name);
        json.WriteString("role", name.Role);
        json.WriteString("target", name.Target);
        if (name.Status is { } status)
            json.WriteNumber("status", status);
        else
            json.WriteNull("status");
    }

    private static void Limits(Utf8JsonWriter json, SiteLimits limits)
    {
        json.WriteNumber("diskMb", limits.DiskMb);
        json.WriteNumber("inodes", limits.Inodes);
        json.WriteNumber("uploadMb", limits.UploadMb);
        json.WriteNumber("phpWorkers", limits.PhpWorkers);
        json.WriteNumber("phpMemoryMb", limits.PhpMemoryMb);
        json.WriteNumber("trafficGb", limits.TrafficGb);
        json.WriteNumber("cronJobs", limits.CronJobs);
    }

    private static void Php(Utf8JsonWriter json, SitePhp? php)
    {
        if (php is null)
        {
            json.WriteNull("php");
            return;
        }
        json.WriteStartObject("php");
        json.WriteString("version", php.Version);
        json.WriteStartObject("ini");
        foreach (var (name, value) in php.Ini.OrderBy(i => i.Key, StringComparer.Ordinal))
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Cron(Utf8JsonWriter json, SiteCron cron)
    {
        json.WriteString("schedule", cron.Schedule);
        json.WriteString("command", cron.Command);
    }
}
