using Microsoft.AspNetCore.Diagnostics;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Api;

public static class ErrorAnswers
{
    /// <summary>Refusals and failures are problem+json on the API's port, and the error page on the pages'.</summary>
    public static void UseErrorAnswers(this IApplicationBuilder app)
    {
        var ports = app.ApplicationServices.GetRequiredService<ListeningPorts>();
        app.UseWhen(
            context => context.Connection.LocalPort != ports.Pages,
            api =>
            {
                api.UseExceptionHandler();
                api.UseStatusCodePages();
            }
        );
        app.UseWhen(
            context => context.Connection.LocalPort == ports.Pages,
            pages =>
            {
                pages.UseExceptionHandler(
                    new ExceptionHandlerOptions
                    {
                        ExceptionHandlingPath = "/error",
                        AllowStatusCode404Response = true,
                        // ProblemExceptions has classified and logged it.
                        SuppressDiagnosticsCallback = _ => true,
                    }
                );
                pages.UseStatusCodePagesWithReExecute("/error");
            }
        );
    }
}
