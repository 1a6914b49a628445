using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Settings;

namespace MPanel.Jobs.Emails;

public static class EmailsFeature
{
    /// <summary>E-mail that the panel sends. Needs <see cref="PublicLinks"/>, data protection, and the seller's settings.</summary>
    public static IServiceCollection AddEmails(this IServiceCollection services)
    {
        services.AddChecked<EmailOptions>("Emails");
        services.AddChecked<SmtpOptions>("Smtp");
        services.AddSingleton<MailSwitch>();
        services.AddSingleton<MailSeal>();
        services.AddSingleton<InvitationMails>();
        services.AddSingleton<EmailRenderer>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<DirectoryTransport>();
        services.AddSingleton<SmtpTransport>();
        services.AddSingleton<IMailTransport>(provider =>
            provider.GetRequiredService<MailSwitch>().ToDirectory
                ? provider.GetRequiredService<DirectoryTransport>()
                : provider.GetRequiredService<SmtpTransport>()
        );
        services.AddHostedService<EmailSwitchOn>();
        services.AddChain<EmailChain>();
        services.AddStep<EmailStep>();
        services.AddRecurringJob<EmailUpkeep>();
        services.AddRecurringJob<PruneEmails>();
        return services.AddSingleton<EmailActions>().AddSingleton<TemplateActions>();
    }
}
