namespace MPanel.Database.Orders;

/// <summary>Whom an order is billed to: one rule for the document and for its tax.</summary>
internal static class OrderBuyer
{
    /// <summary>
    /// SQL: a row of company_name, vat_id, billing_address and country, for the intake i and the customer c: what the order says of its buyer,
    /// or else what the customer has, never some of each.
    /// </summary>
    public const string Sql = """
        select case when said.told then i.body #>> '{billing,company}' else c.company_name end as company_name,
            case when said.told then i.body #>> '{billing,vatId}' else c.vat_id end as vat_id,
            case when said.told then i.body #>> '{billing,address}' else c.billing_address end as billing_address,
            case when said.told then i.body #>> '{billing,country}' else c.country end as country
        from (select num_nonnulls(i.body #>> '{billing,company}', i.body #>> '{billing,vatId}', i.body #>> '{billing,address}',
            i.body #>> '{billing,country}') > 0 as told) said
        """;
}
