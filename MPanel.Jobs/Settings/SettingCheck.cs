using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace MPanel.Settings;

/// <summary>Checks a record of settings by its attributes, and by its own rules across settings.</summary>
internal static class SettingCheck
{
    /// <param name="section">The section that the record is bound to, such as <c>Invoices:Seller</c>: sentences name settings in full.</param>
    /// <returns>A sentence for each setting that is wrong; none when all are right.</returns>
    public static IReadOnlyList<string> Problems(string section, object options)
    {
        List<string> problems =
        [
            .. options
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .SelectMany(property => Problems(section, options, property)),
        ];
        if (options is IValidatableObject rules)
            problems.AddRange(rules.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage!));
        return problems;
    }

    private static IEnumerable<string> Problems(string section, object options, PropertyInfo property)
    {
        var name = $"{section}:{property.Name}";
        var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = name };
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            if (rule.GetValidationResult(property.GetValue(options), context) is { } wrong)
            {
                yield return wrong.ErrorMessage!;
                // Of what is missing there is nothing more to say.
                if (rule is RequiredAttribute)
                    yield break;
            }
    }
}
