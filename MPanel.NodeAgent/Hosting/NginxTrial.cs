using MPanel.NodeAgent.Nginx;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Asks nginx about a configuration that it shall not serve, to find what it can't read. Under the node lock.</summary>
internal sealed class NginxTrial(AgentOptions options, SiteMaps maps, Generations generations, MainConfig main, NginxServer nginx)
{
    public async Task<NginxTest> Of(IEnumerable<LedgerEntry> entries, IEnumerable<string> foreign)
    {
        var number = generations.Write(maps.Render([.. entries], [.. foreign]));
        try
        {
            return options.NginxManaged ? await nginx.Test(generations.TestConfigOf(number)) : await InPlace(number);
        }
        finally
        {
            generations.Delete(number);
        }
    }

    /// <summary>
    /// The first of some things without which nginx takes what comes before it; null when there is none: the fault was there for a moment only, or it is
    /// elsewhere.
    /// </summary>
    /// <param name="isValid">Whether nginx takes the first ones, as many as given.</param>
    public static async Task<int?> FirstBad(int count, Func<int, Task<bool>> isValid)
    {
        var (good, bad) = (0, count);
        if (count == 0 || await isValid(count) || !await isValid(0))
            return null;
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            if (await isValid(middle))
                good = middle;
            else
                bad = middle;
        }
        // Each once more: an answer that nginx gave for want of memory or time accuses nobody.
        return await isValid(good) && !await isValid(bad) ? bad - 1 : null;
    }

    private async Task<NginxTest> InPlace(int number)
    {
        generations.Swap(number);
        main.Write();
        try
        {
            return await nginx.Test();
        }
        finally
        {
            generations.Swap(generations.Tested());
            main.Write();
        }
    }
}
