using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Invoices;
using MPanel.Settings;
using SkiaSharp;

namespace MPanel.Tests.Unit.Jobs.Invoices;

public sealed class SellerLogoTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mpanel-logo").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    public void Logo_OfAPicture_IsPrinted(SKEncodedImageFormat format)
    {
        var path = Keep("logo", Picture(format, 300, 100));
        var (image, problem) = SellerLogo.Read(path);

        Assert.Null(problem);
        Assert.Empty(Problems(path));
        var without = InvoicePdf.Write(SampleInvoice.Of("Anna"), SampleInvoice.Lines(1), FontShelf.Embedded);
        var with = InvoicePdf.Write(SampleInvoice.Of("Anna"), SampleInvoice.Lines(1), FontShelf.Embedded, image);
        Assert.Contains("/Subtype /Image", System.Text.Encoding.Latin1.GetString(with), StringComparison.Ordinal);
        // The words are the same with it.
        Assert.Equal(PaperText.Words(without).Select(w => w.Text), PaperText.Words(with).Select(w => w.Text));
        image!.Dispose();
    }

    [Fact]
    public void Logo_ThatIsNoPicture_IsRefusedAtStart()
    {
        var png = Picture(SKEncodedImageFormat.Png, 300, 100);
        foreach (
            var (path, sentence) in new[]
            {
                (Path.Combine(_directory, "none"), "which can't be read"),
                (_directory, "which can't be read"),
                (Keep("text", "<svg></svg>"u8.ToArray()), "neither a PNG nor a JPEG"),
                (Keep("empty", []), "neither a PNG nor a JPEG"),
                (Keep("webp", Picture(SKEncodedImageFormat.Webp, 10, 10)), "neither a PNG nor a JPEG"),
                (Keep("half", png[..(png.Length / 2)]), "damaged"),
                (Keep("wide", Picture(SKEncodedImageFormat.Png, 2001, 1)), "2001 by 1 pixels"),
                (Keep("big", new byte[SellerLogo.MaxBytes + 1]), "no file of at most 1024 KiB"),
                ("/dev/zero", "which "),
            }
        )
        {
            var problem = Assert.Single(Problems(path));
            Assert.StartsWith($"Invoices:Seller:Logo names {path}, ", problem, StringComparison.Ordinal);
            Assert.Contains(sentence, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LegalFooter_OfALineTooLong_IsRefusedAtStart()
    {
        Assert.Contains("line of more than 200", Assert.Single(Problems(null, new string('x', 201))), StringComparison.Ordinal);
        Assert.Empty(Problems(null, new string('x', 200)));
    }

    private static byte[] Picture(SKEncodedImageFormat format, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var x = 0; x < width; x++)
        for (var y = 0; y < height; y++)
            bitmap.SetPixel(x, y, new SKColor((byte)(x * y), (byte)x, (byte)y));
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private string Keep(string name, byte[] bytes)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static IEnumerable<string> Problems(string? logo, string? footer = null)
    {
        var settings = new Dictionary<string, string?> { ["Invoices:Seller:Logo"] = logo };
        if (footer is not null)
            settings["Invoices:Seller:LegalFooter:0"] = footer;
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddChecked<SellerOptions>("Invoices:Seller")
            .BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<SellerOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException e)
        {
            return e.Failures;
        }
    }
}
