using System.Text.Json;
using System.Text.Json.Nodes;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Bodies that a route would take, made from its schema, and the same with one field spoiled.</summary>
public sealed class SampleBody(JsonElement document, long customerId)
{
    private const string Spot = "\"@spoiled@\"";
    private static int _counter;

    /// <summary>Every field of the body, by its path, with its type's name.</summary>
    public IEnumerable<(string Path, string Type)> Fields(ApiRoute route) => Walk(Resolve(route.Body!.Value), "");

    public JsonObject Valid(ApiRoute route) => Make(route, "") as JsonObject ?? [];

    /// <param name="json">What stands there instead, as it is written in JSON, valid or not.</param>
    public string Spoiled(ApiRoute route, string path, string json)
    {
        var body = Make(route, path)!.ToJsonString();
        return body.Replace(Spot, json, StringComparison.Ordinal);
    }

    private JsonNode? Make(ApiRoute route, string spoiled)
    {
        var body = Make(Resolve(route.Body!.Value), "", spoiled);
        // A server's are none of a user's.
        if (
            body?["roles"] is JsonArray { Count: 1 } roles
            && route.Path.Contains("/servers", StringComparison.Ordinal)
            && spoiled != "/roles/0"
        )
            roles[0] = "web";
        return body;
    }

    private IEnumerable<(string Path, string Type)> Walk(JsonElement schema, string path)
    {
        switch (TypeOf(schema))
        {
            case "object" when schema.TryGetProperty("properties", out var properties):
                foreach (var property in properties.EnumerateObject())
                foreach (var field in Walk(Resolve(property.Value), $"{path}/{property.Name}"))
                    yield return field;
                break;
            case "array":
                yield return (path, "array");
                foreach (var field in Walk(Resolve(schema.GetProperty("items")), $"{path}/0"))
                    yield return field;
                break;
            case var type:
                yield return (path, type);
                break;
        }
    }

    private JsonNode? Make(JsonElement schema, string path, string spoiled)
    {
        if (path == spoiled && path.Length > 0)
            return JsonValue.Create("@spoiled@");
        var name = path.Split('/').Last(s => s != "0");
        switch (TypeOf(schema))
        {
            case "object":
                var made = new JsonObject();
                if (schema.TryGetProperty("properties", out var properties))
                    foreach (var property in properties.EnumerateObject())
                        made[property.Name] = Make(Resolve(property.Value), $"{path}/{property.Name}", spoiled);
                return made;
            case "array":
                return new JsonArray(Make(Resolve(schema.GetProperty("items")), $"{path}/0", spoiled));
            case "boolean":
                return JsonValue.Create(name == "active");
            case "integer" or "number":
                return JsonValue.Create(Number(name));
            default:
                return JsonValue.Create(Text(name, schema));
        }
    }

    private decimal Number(string name) =>
        name switch
        {
            "customerId" => customerId,
            "unitPrice" or "amount" => 29.88m,
            "wait" => 0,
            _ => 1,
        };

    private static string Text(string name, JsonElement schema)
    {
        var n = Interlocked.Increment(ref _counter);
        if (schema.TryGetProperty("format", out var format))
        {
            if (format.GetString() == "uuid")
                return Guid.NewGuid().ToString();
            if (format.GetString() == "date-time")
                return "2026-05-05T05:05:05Z";
            if (format.GetString() == "date")
                return "2026-05-05";
        }
        return name switch
        {
            "email" or "customerEmail" => $"hostile{n}@example.com",
            "primaryDomain" => $"hostile-{n}.example",
            "stripePaymentIntentId" => $"pi_hostile{n}",
            "productSlug" => "starter",
            "billingPeriod" => "year",
            "currency" => "USD",
            "provisions" => "hosting",
            "serverRole" => "web",
            "roles" => "support",
            "permissions" => "orders.view",
            "scopes" => "plans:read",
            "address" => "10.0.0.9",
            "country" => "DE",
            "phone" => "+49 30 1234567",
            "vatId" => "DE123456789",
            "status" or "state" => "active",
            "server" => "hostile-2",
            "types" or "capabilities" => "hosting",
            "level" => "info",
            "agentVersion" => "1.0.0",
            "name" => $"hostile-{n}.example",
            _ => $"hostile-{n}",
        };
    }

    private JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return Resolve(document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]));
        return schema.TryGetProperty("oneOf", out var choices)
            ? Resolve(choices.EnumerateArray().First(c => !(c.TryGetProperty("type", out var t) && t.ToString() == "null")))
            : schema;
    }

    private static string TypeOf(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.String ? type.GetString()!
        : type.EnumerateArray().Select(t => t.GetString()!).First(t => t != "null");
}
