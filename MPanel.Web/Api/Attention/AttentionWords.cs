using System.Globalization;
using MPanel.Database.Attention;
using MPanel.Jobs.Engine.Hangfire.Dashboard;
using MPanel.Web.Pages.Orders;

namespace MPanel.Web.Api.Attention;

/// <summary>What needs a person, in plain words.</summary>
public static class AttentionWords
{
    public static string Title(AttentionRow row) =>
        (row.Kind, row.Code) switch
        {
            (_, AttentionKind.OrderRefused) => row.Subject.StartsWith("pi_", StringComparison.Ordinal)
                ? $"Paid but refused: {row.Subject}"
                : $"Refused, {row.Subject}",
            (_, AttentionKind.NotKept) => $"The limit of refused orders from {row.Subject} is reached",
            (AttentionKind.Orders, _) => $"Order {row.OrderReference} is stopped",
            (_, "payment_refunded") => $"The payment of {row.OrderReference} was refunded",
            (_, "refund_failed") => $"A refund of {row.OrderReference} did not arrive",
            (_, "dispute_inquiry") => $"The bank asks about the payment of {row.OrderReference ?? row.Subject}",
            (_, "dispute_needs_response") => $"The payment of {row.OrderReference ?? row.Subject} is disputed",
            (_, "dispute_lost") => $"The payment of {row.OrderReference ?? row.Subject} is lost to the bank",
            (_, AttentionKind.FraudWarning) => $"The payment of {row.OrderReference ?? row.Subject} may be fraud",
            (_, "payment_disputed") => $"The payment of {row.OrderReference} is disputed",
            (_, "payment_not_found") => $"The payment of {row.OrderReference} is not found",
            (AttentionKind.Payments, _) => $"The payment of {row.OrderReference} does not fit the order",
            (AttentionKind.Tasks, "no_server") => $"{OrderWords.Task(row.Work!)} of {row.Subject} has no server",
            (AttentionKind.Tasks, _) => $"{OrderWords.Task(row.Work!)} of {row.Subject} failed",
            (_, "server_full") => $"Server {row.Subject} is full",
            (_, "server_without_agent") => $"Server {row.Subject} has no agent",
            (_, "server_unwell") => $"Server {row.Subject} is not well",
            (_, "server_drifted") => $"Websites on {row.Subject} differ from what was applied",
            (_, "server_orphans") => $"Server {row.Subject} has websites that this panel doesn't know",
            (AttentionKind.Servers, _) => $"Server {row.Subject} is offline",
            (_, AttentionKind.ContentLost) => $"The files of {row.Subject} are gone",
            (_, AttentionKind.NamesOverlap) => $"{row.Subject} and www.{row.Subject} are two websites",
            (AttentionKind.Emails, _) => "The mail server takes nothing",
            (_, "key_to_review") => $"The API key {row.Subject} waits for a review",
            (AttentionKind.Keys, _) => $"The API key {row.Subject} expires soon",
            _ => $"Background job {row.Work} failed",
        };

    public static string Reason(AttentionRow row) =>
        (row.Kind, row.Code) switch
        {
            (_, "no_server") => "No active server of the right role and tags has room for it.",
            (_, "server_full") => "It holds as many websites as it may. New ones go to other servers, as long as one has room.",
            (_, "server_without_agent") => "Work waits for it, and no agent of it has ever reported.",
            (_, "server_unwell") => $"Its agent says: {row.Error}",
            (_, "server_drifted") => $"Its agent has looked: {row.Error}.",
            (_, "server_orphans") => $"Its agent has looked: {row.Error}. They are served until somebody decides.",
            (_, AttentionKind.ContentLost) => "The server that had them was declared lost. The website is placed anew, and empty.",
            (_, AttentionKind.NamesOverlap) =>
                "They belong to one customer. A name and its www name are one website since; these two were made before.",
            (AttentionKind.Servers, _) =>
                "Its agent has stopped reporting. What is to be done there waits; its websites may go on answering.",
            (AttentionKind.Emails, _) => row.Error is { } problem
                ? $"No e-mail has gone out since then: {problem}"
                : "No e-mail has gone out since then.",
            (_, "key_to_review") => "It was made before keys were told apart into personal ones and service keys. It is a service key now.",
            (AttentionKind.Keys, _) => $"It ends within {row.Code.Split('_')[2]} days. Whatever uses it is refused from then on.",
            (_, "refund_failed") => "The money did not go, or came back. The customer is still owed it.",
            _ => row.Error ?? "Nothing was put down about it.",
        };

    /// <summary>Null where the reason says all there is to say.</summary>
    public static string? WhatToDo(AttentionRow row) =>
        row.Code switch
        {
            "no_server" => "Raise a server's capacity, or add one: the task is placed by itself as soon as there is room.",
            "server_full" => "Raise its capacity if it can bear more, or add a server.",
            "server_without_agent" => "Enrol its agent with a code from the server's page, or move the tasks.",
            "server_unwell" => "Look at the service on the machine. New websites go to other servers meanwhile, as long as one has room.",
            "server_drifted" => "See on the server's page what differs. Build a website again, or all of the server's.",
            "server_orphans" => "See on the server's page which. Look in older dumps of the panel for whose they are.",
            "server_offline" => "Look at the agent on the machine. Put the server into maintenance if it is to stay down.",
            AttentionKind.ContentLost => "Put the files back where it stands now, from whatever copy there is, and say so here.",
            AttentionKind.NamesOverlap => "Look at both. If they show the same, make the www name an alias of the other.",
            AttentionKind.NotKept =>
                "Their customers may have paid: mend the shop, work off the refused orders, and compare the shop's orders with this panel's.",
            AttentionKind.OrderRefused => "Correct the order on its page and take it in, or close it and say what is owed.",
            AttentionKind.RecurringFailed =>
                "Requeue it on Hangfire's dashboard when its cause is mended, or delete it: it runs again by the clock.",
            "key_to_review" => "Keep it if a program still needs it, or revoke it.",
            _ when row.Kind == AttentionKind.Emails =>
                "Look at the mail server, and at the settings Smtp__*. Each message is tried for a day.",
            _ when row.Kind == AttentionKind.Keys => "Rotate it, and give the new key to its program.",
            "dispute_inquiry" =>
                "No money has moved. Answer it at Stripe, or give the money back: either may keep it from becoming a dispute.",
            "dispute_needs_response" => "The bank has the money. Hand in evidence at Stripe in time, or it is lost.",
            "dispute_lost" => "Nothing can be answered any more. Decide what becomes of the service, and say that you have seen it.",
            AttentionKind.FraudWarning =>
                "It is not disputed yet. Giving the money back now spares the dispute and its fee. Dismiss it when you know the customer.",
            "refund_failed" => "Ask the customer how else the money can reach them, and refund it at Stripe again or pay it another way.",
            _ => OrderWords.Explain(row.Code),
        };

    /// <summary>Path of the page about it.</summary>
    public static string Page(AttentionRow row) =>
        row.Kind switch
        {
            AttentionKind.Tasks => $"/provisioning/tasks/{row.SourceId}",
            AttentionKind.Servers => $"/servers/{row.SourceId}",
            AttentionKind.Websites => $"/websites/{row.SourceId}",
            AttentionKind.Emails => "/emails?status=queued",
            AttentionKind.Keys => $"/security/api-keys?q={Uri.EscapeDataString(row.Subject)}",
            AttentionKind.Jobs when row.Code == AttentionKind.RecurringFailed => DashboardServices.JobPath(
                row.SourceId.ToString(CultureInfo.InvariantCulture)
            ),
            AttentionKind.Jobs => $"/jobs/{row.SourceId}",
            AttentionKind.Orders when row.Code == AttentionKind.NotKept => "/orders/refused?status=open",
            AttentionKind.Orders when row.Code == AttentionKind.OrderRefused => $"/orders/refused/{row.SourceId}",
            AttentionKind.Payments when row.Code.StartsWith(AttentionKind.OfDispute, StringComparison.Ordinal) =>
                $"/payments/disputes?q={Uri.EscapeDataString(row.Work!)}",
            _ when row.OrderReference is null => "/payments",
            _ => $"/orders/{row.OrderReference}",
        };

    /// <summary>What a kind is called on the page.</summary>
    public static string Kind(string kind) =>
        kind switch
        {
            AttentionKind.Orders => "Orders",
            AttentionKind.Tasks => "Provisioning",
            AttentionKind.Payments => "Payments",
            AttentionKind.Servers => "Servers",
            AttentionKind.Websites => "Websites",
            AttentionKind.Emails => "E-mail",
            AttentionKind.Keys => "API keys",
            _ => "Background jobs",
        };
}
