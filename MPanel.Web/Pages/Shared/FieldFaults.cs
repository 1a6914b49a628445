using Microsoft.AspNetCore.Mvc.ModelBinding;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Pages.Shared;

public static class FieldFaults
{
    /// <summary>Puts what the rules found wrong beside the form's fields: <c>companyName</c> belongs to <c>Input.CompanyName</c>.</summary>
    public static void Add(this ModelStateDictionary state, IEnumerable<FieldError> faults, string prefix = "Input")
    {
        foreach (var fault in faults)
            state.AddModelError($"{prefix}.{char.ToUpperInvariant(fault.Path[0])}{fault.Path[1..]}", fault.Message);
    }
}
