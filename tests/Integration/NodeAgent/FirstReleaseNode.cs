using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What an agent of the first release left on a node: tree, user and vhost of one website.</summary>
public static class FirstReleaseNode
{
    /// <summary>For an agent that has run once, so that its directories are there. The website's id is 7.</summary>
    public static async Task Make(AgentProcess agent, string domain, string vhostDirectory)
    {
        var (user, uid, place) = ($"{agent.UserPrefix}7", $"{agent.UidBase + 7}", Path.Combine(agent.SitesDirectory, domain));
        await NodeState.Run(
            "/usr/sbin/useradd",
            [
                "-u",
                uid,
                "-U",
                "-M",
                "-l",
                "-d",
                place,
                "-s",
                "/usr/sbin/nologin",
                "-K",
                $"UID_MAX={uid}",
                "-K",
                $"GID_MIN={uid}",
                "-K",
                $"GID_MAX={uid}",
                "-K",
                "SUB_UID_COUNT=0",
                "-K",
                "SUB_GID_COUNT=0",
                user,
            ]
        );
        Directory.CreateDirectory(place, (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(Path.Combine(place, "site.json"), $$"""{"websiteId":7,"domain":"{{domain}}"}""");
        var web = Directory.CreateDirectory(Path.Combine(place, "public")).FullName;
        await File.WriteAllTextAsync(Path.Combine(web, "index.html"), "the owner's page");
        await NodeState.Run("/usr/bin/chown", "-R", $"{uid}:www-data", web);
        await NodeState.Run("/usr/bin/chmod", "2750", web);
        await File.WriteAllTextAsync(Path.Combine(vhostDirectory, $"{domain}.conf"), Vhost(agent, domain, web));
    }

    private static string Vhost(AgentProcess agent, string domain, string web) =>
        $$"""
            # MPanel website 7
            # Written by the MPanel agent; changes here are lost.
            server {
                listen 127.0.0.1:{{agent.Port}};
                server_name {{domain}} www.{{domain}};
                root {{web}};
                index index.html index.htm;
                disable_symlinks if_not_owner from=$document_root;
                location = /.well-known/mpanel-site {
                    default_type text/plain;
                    return 200 "website: 7\nplan: starter\nconfig: 0123456789abcdef\n";
                }
                location / {
                    try_files $uri $uri/ =404;
                }
            }

            """;
}
