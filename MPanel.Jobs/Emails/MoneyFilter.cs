using Fluid;
using Fluid.Values;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Emails;

/// <summary><c>{{ total | money: currency }}</c>: as pages and invoices write it.</summary>
internal static class MoneyFilter
{
    private const int CurrencyLength = 3;

    public static ValueTask<FluidValue> Run(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var currency = arguments.At(0).ToStringValue();
        return input.IsNil() || currency.Length != CurrencyLength
            ? new ValueTask<FluidValue>(input)
            : new ValueTask<FluidValue>(new StringValue(Money.Text(input.ToNumberValue(), currency)));
    }
}
