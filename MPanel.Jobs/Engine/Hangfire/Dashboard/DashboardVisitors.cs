using Microsoft.AspNetCore.Http;
using MPanel.Jobs.Outcomes;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>What the dashboard must know of the panel's visitors; the panel says how to find it out.</summary>
/// <param name="May">Whether the visitor holds a permission, such as <c>jobs.manage</c>.</param>
/// <param name="Actor">Who the visitor is, for what they do.</param>
public sealed record DashboardVisitors(Func<HttpContext, string, bool> May, Func<HttpContext, Actor> Actor);
