namespace MPanel.Web.Platform.Http;

public static class StaticFileCaching
{
    /// <summary>Pages name files with a version of their content: such an address never changes, and need not be asked for again.</summary>
    public static StaticFileOptions Options { get; } =
        new()
        {
            OnPrepareResponse = file =>
                file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v")
                    ? "public, max-age=31536000, immutable"
                    : "no-cache",
        };
}
