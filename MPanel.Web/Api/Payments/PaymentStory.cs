using MPanel.Database.Disputes;
using MPanel.Database.Lists;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using Npgsql;

namespace MPanel.Web.Api.Payments;

/// <summary>A payment, and what happened to it: of each kind the newest few first. Page and API show the same.</summary>
public sealed record PaymentStory(
    PaymentDetail Payment,
    IReadOnlyList<PaymentAllocation> Allocations,
    IReadOnlyList<RefundRow> Refunds,
    IReadOnlyList<DisputeRow> Disputes,
    IReadOnlyList<StripeEventListRow> Events
)
{
    /// <summary>Null when there is no such payment.</summary>
    public static async Task<PaymentStory?> Of(NpgsqlConnection db, long id)
    {
        if (await PaymentDetails.Of(db, id) is not { } payment)
            return null;
        var refunds = await RefundList.Read(db, new RefundFilter(null, null, id, null, null), Newest(RefundList.Sorts[0]));
        var events = payment.Row.PaymentIntent is { } intent
            ? (await StripeEventList.Read(db, new StripeEventFilter(Q: intent), Newest(StripeEventList.Sorts[0]))).Rows
            : [];
        return new PaymentStory(
            payment,
            await PaymentDetails.Allocations(db, id),
            refunds.Rows,
            await DisputeList.Of(db, new DisputeFilter(Payment: id)),
            events
        );
    }

    private static SliceRequest Newest(SortColumn sort) => new(sort, Descending: true, Edge: null, PaymentDetails.Shown);
}
