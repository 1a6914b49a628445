namespace MPanel.Jobs.Emails;

/// <summary>Links to the panel's pages in what leaves the panel. They come from the settings alone, never from a request.</summary>
/// <param name="address">Of the pages, as <c>https://panel.example.com</c>; null while nobody has said.</param>
public sealed class PublicLinks(string? address)
{
    private readonly string? _address = string.IsNullOrEmpty(address) ? null : address.TrimEnd('/');

    public bool Known => _address is not null;

    /// <param name="path">With its slash.</param>
    public string To(string path) => _address + path;
}
