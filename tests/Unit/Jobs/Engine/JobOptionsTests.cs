using System.ComponentModel.DataAnnotations;
using MPanel.Jobs.Engine;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class JobOptionsTests
{
    [Fact]
    public void Validate_Defaults_FindsNothing() => Assert.Empty(Validate(new JobOptions()));

    public static TheoryData<JobOptions, string> Wrong =>
        new()
        {
            {
                new JobOptions { Workers = 0 },
                nameof(JobOptions.Workers)
            },
            {
                new JobOptions { KeepDoneDays = 0 },
                nameof(JobOptions.KeepDoneDays)
            },
            {
                new JobOptions { Lease = TimeSpan.FromMilliseconds(999) },
                nameof(JobOptions.Lease)
            },
            {
                new JobOptions { SweepInterval = TimeSpan.Zero },
                nameof(JobOptions.SweepInterval)
            },
            {
                new JobOptions { StepTimeout = TimeSpan.Zero },
                nameof(JobOptions.StepTimeout)
            },
            {
                new JobOptions { CountInterval = TimeSpan.Zero },
                nameof(JobOptions.CountInterval)
            },
            {
                new JobOptions { DrainTimeout = TimeSpan.FromSeconds(-1) },
                nameof(JobOptions.DrainTimeout)
            },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongValue_NamesTheSetting(JobOptions options, string setting) =>
        Assert.Contains(setting, Validate(options).SelectMany(r => r.MemberNames));

    private static List<ValidationResult> Validate(JobOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results;
    }
}
