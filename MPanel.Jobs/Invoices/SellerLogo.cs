using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>The seller's logo, from the file that a setting names.</summary>
internal static class SellerLogo
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxSide = 2000;

    /// <returns>Null when the picture can be printed.</returns>
    public static string? Problem(string path)
    {
        var (image, problem) = Read(path);
        image?.Dispose();
        return problem;
    }

    /// <returns>The picture, or what is wrong with it: the end of a sentence that begins with the setting's name.</returns>
    public static (SKImage? Image, string? Problem) Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            // A device or a pipe has no end.
            if (!file.CanSeek || file.Length > MaxBytes)
                return (null, $"names {path}, which is no file of at most {MaxBytes / 1024} KiB.");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"names {path}, which can't be read: {e.Message}");
        }
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg))
            return (null, $"names {path}, which is neither a PNG nor a JPEG picture.");
        if (codec.Info.Width > MaxSide || codec.Info.Height > MaxSide)
            return (
                null,
                $"names {path}, a picture of {codec.Info.Width} by {codec.Info.Height} pixels: at most {MaxSide} by {MaxSide} are allowed."
            );
        using var bitmap = new SKBitmap(codec.Info);
        return codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success
            ? (SKImage.FromEncodedData(data), null)
            : (null, $"names {path}, a picture that is damaged.");
    }
}
