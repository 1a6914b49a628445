using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MPanel.Settings;

public static class CheckedSettings
{
    /// <summary>
    /// Binds a section to a record and checks it at start: by the attributes of its properties, and by its own rules if it is an
    /// <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/>. What is wrong stops the start with sentences that name
    /// the settings.
    /// </summary>
    public static IServiceCollection AddChecked<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<T>>(new Check<T>(section));
    }

    /// <summary>The same, of a section that the caller has.</summary>
    /// <param name="name">What sentences call the section.</param>
    public static IServiceCollection AddChecked<T>(this IServiceCollection services, IConfiguration section, string name)
        where T : class
    {
        services.AddOptions<T>().Bind(section).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<T>>(new Check<T>(name));
    }

    private sealed class Check<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            SettingCheck.Problems(section, options) is { Count: > 0 } problems
                ? ValidateOptionsResult.Fail(problems)
                : ValidateOptionsResult.Success;
    }
}
