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

    [Fact]
    public void Conflicts_InNginxsWords_AreTheNames()
    {
        const string Said =
            "nginx: [warn] conflicting server name \"www.example.test\" on 0.0.0.0:80, ignored\n"
            + "nginx: [warn] conflicting server name \"foreign.test\" on 0.0.0.0:80, ignored\n"
            + "nginx: configuration file /etc/nginx/nginx.conf test is successful\n";

        Assert.Equal(["foreign.test", "www.example.test"], NginxServer.Conflicts(new NginxTest(true, Said)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("# MPanel website 7\nserver {", 7L)]
    [InlineData("# MPanel website x\n", null)]
    [InlineData("server {\n# MPanel website 7\n", null)]
    [InlineData("", null)]
    public void WebsiteOf_AFileOfTheFirstRelease_IsInItsFirstLine(string text, long? website) =>
        Assert.Equal(website, ForeignFiles.WebsiteOfText(text));
}
