using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Settings;

namespace MPanel.Tests.Unit.Jobs.Settings;

public sealed class CheckedSettingsTests
{
    [Fact]
    public void Right_ArePassed() => Assert.Empty(Problems());

    [Theory]
    [InlineData("Count", "0", "The field Some:Part:Count must be between 1 and 5.")]
    [InlineData("Wait", "00:00:00", "Some:Part:Wait must be between 00:00:01 and 01:00:00.")]
    [InlineData("Waits:1", "02:00:00", "Some:Part:Waits must be at most an hour.")]
    [InlineData("Url", "ftp://there", "Some:Part:Url must be an absolute http or https address without user, query or fragment.")]
    [InlineData("Url", "", "The Some:Part:Url field is required.")]
    [InlineData("Address", "localhost", "Some:Part:Address must be an IP address, such as 127.0.0.1.")]
    [InlineData("Longest", "00:00:01", "Some:Part:Longest must be longer than Some:Part:Wait.")]
    public void Wrong_IsToldInFull(string setting, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Single(Problems((setting, value))));

    [Fact]
    public void Wrong_AreToldTogether() => Assert.Equal(3, Problems(("Count", "0"), ("Url", ""), ("Longest", "00:00:01")).Count);

    private static List<string> Problems(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Some:Part:{s.Name}", (string?)s.Value)))
            .Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddChecked<Part>("Some:Part")
            .BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<Part>>().Value;
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }

    private sealed record Part : IValidatableObject
    {
        [Range(1, 5)]
        public int Count { get; init; } = 2;

        [TimeRange("00:00:01", "01:00:00")]
        public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

        [TimeRange("00:00:00", "01:00:00", ErrorMessage = "{0} must be at most an hour.")]
        public IReadOnlyList<TimeSpan> Waits { get; init; } = [TimeSpan.Zero];

        [Required, BaseUrl]
        public string Url { get; init; } = "https://there";

        [NetworkAddress]
        public string Address { get; init; } = "127.0.0.1";

        public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(1);

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Longest <= Wait)
                yield return new ValidationResult("Some:Part:Longest must be longer than Some:Part:Wait.", [nameof(Longest)]);
        }
    }
}
