using System.Security.Cryptography;
using System.Text;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using Npgsql;
using NpgsqlTypes;

namespace MPanel.Benchmarks.Intake;

/// <summary>The least that any intake costs: its row, durable.</summary>
public static class BareInsert
{
    public static Task<Round> Run(NpgsqlDataSource database, IReadOnlyList<SampleOrder> orders, int connections, CancellationToken stop)
    {
        var rows = orders.Select(o => (o.PaymentIntent, Body: o.Canonical)).ToArray();
        return Round.Run(connections, rows.Length, _ => Inserter.Open(database, stop), (i, n) => i.Insert(rows[n], stop), stop);
    }

    private sealed class Inserter(NpgsqlConnection db, NpgsqlCommand command) : IAsyncDisposable
    {
        public static async Task<Inserter> Open(NpgsqlDataSource database, CancellationToken stop)
        {
            var db = await database.OpenConnectionAsync(stop);
            var command = new NpgsqlCommand(
                "insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id) values ($1, $2, $3, $4)",
                db
            );
            foreach (var type in (NpgsqlDbType[])[NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Jsonb, NpgsqlDbType.Text])
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
            await command.PrepareAsync(stop);
            return new Inserter(db, command);
        }

        public Task Insert((string PaymentIntent, string Body) row, CancellationToken stop)
        {
            command.Parameters[0].Value = row.PaymentIntent;
            command.Parameters[1].Value = SHA256.HashData(Encoding.UTF8.GetBytes(row.Body));
            command.Parameters[2].Value = row.Body;
            command.Parameters[3].Value = row.PaymentIntent;
            return command.ExecuteNonQueryAsync(stop);
        }

        public async ValueTask DisposeAsync()
        {
            await command.DisposeAsync();
            await db.DisposeAsync();
        }
    }
}
