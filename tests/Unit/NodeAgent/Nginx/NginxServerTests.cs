using MPanel.NodeAgent.Nginx;

namespace MPanel.Tests.Unit.NodeAgent.Nginx;

public sealed class NginxServerTests
{
    [Fact]
    public void InvalidConfig_WithAFileNamed_NamesItFirst()
    {
        const string Said =
            "nginx: [warn] conflicting server name \"a\" on 0.0.0.0:80, ignored\n"
            + "nginx: [emerg] unknown directive \"nonsense\" in /srv/nginx/sites/zz.conf:2\nnginx: configuration file /srv/nginx/conf/nginx.conf test failed\n";

        var failure = NginxServer.InvalidConfig(new NginxTest(false, Said));

        Assert.Equal("nginx_config_invalid", failure.Code);
        Assert.False(failure.Permanent);
        Assert.StartsWith(
            "nginx does not accept its configuration. The fault is in /srv/nginx/sites/zz.conf, line 2.",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void InvalidConfig_WithoutAFile_SaysWhatNginxSays() =>
        Assert.Equal(
            "nginx does not accept its configuration. It says: [emerg] oops",
            NginxServer.InvalidConfig(new NginxTest(false, "[emerg] oops")).Message
        );
}
