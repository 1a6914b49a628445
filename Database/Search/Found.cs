namespace MPanel.Database.Search;

public sealed record FoundCustomer(long Id, string Name, string Email);

/// <param name="OrderState">Null until the order exists.</param>
public sealed record FoundOrder(string Reference, string Status, string? OrderState, string? Email, string? Domain);

public sealed record FoundDomain(long Id, string Name, string Status);

public sealed record FoundWebsite(long Id, string Domain, string Status, string Plan);

/// <param name="Total">Major units.</param>
public sealed record FoundInvoice(long Id, string Number, string Status, string Customer, decimal Total, string Currency);

public sealed record FoundTask(long Id, string Type, string Domain, string Status);
