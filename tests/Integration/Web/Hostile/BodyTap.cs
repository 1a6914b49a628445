using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>
/// Says how much of a body the panel has taken in and worked through, so that a test decides what comes together and what apart. A
/// request takes part by a name of its own in the header <see cref="Header"/>.
/// </summary>
public sealed class BodyTap : IStartupFilter
{
    public const string Header = "X-Body-Tap";

    private readonly ConcurrentDictionary<string, long> _taken = new();

    /// <summary>The bytes after which the panel asked for more; 0 before it did.</summary>
    public long Taken(string name) => _taken.GetValueOrDefault(name);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, pipeline) =>
                {
                    if (context.Request.Headers[Header].ToString() is { Length: > 0 } name)
                        context.Features.Set<IRequestBodyPipeFeature>(
                            new TappedBody(new TappedReader(context.Request.BodyReader, taken => _taken[name] = taken))
                        );
                    return pipeline(context);
                }
            );
            next(app);
        };

    private sealed record TappedBody(PipeReader Reader) : IRequestBodyPipeFeature;

    private sealed class TappedReader(PipeReader body, Action<long> asksForMore) : PipeReader
    {
        private long _consumed;
        private long _kept;
        private ReadResult _last;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            asksForMore(_consumed + _kept);
            return _last = await body.ReadAsync(cancellationToken);
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!body.TryRead(out result))
                return false;
            _last = result;
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _kept = _last.Buffer.Slice(consumed).Length;
            _consumed += _last.Buffer.Length - _kept;
            body.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => body.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Complete(exception);
    }
}
