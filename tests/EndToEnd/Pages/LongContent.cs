using Dapper;
using Npgsql;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>Rows with as much in them as the panel takes, so that no list's width is left to what other tests did.</summary>
public static class LongContent
{
    /// <summary>Such as people have; and as long as one may be, where the longest word has nothing to break it at.</summary>
    public const string Email = "maximiliane.oberhuber-brandenstein@buchhaltung.wohnungswirtschaft-sued.example";

    private static readonly string LongestEmail =
        $"{new string('m', 64)}@{new string('w', 63)}.{new string('x', 63)}.{new string('y', 52)}.example";

    private const string Address = "2001:0db8:85a3:1f2e:9c4d:8a2e:0370:7334";

    /// <summary>246 characters.</summary>
    private static readonly string Domain =
        $"hausverwaltung-sued.{string.Concat(Enumerable.Repeat("donaudampfschifffahrt-", 2))}gesellschaft.{new string('w', 63)}.{new string('x', 63)}.{new string('y', 34)}.example";

    /// <summary>The newest website gets such a name: whoever orders for its old one afterwards would find its directory taken.</summary>
    public static async Task Seed(NpgsqlConnection db)
    {
        var values = new
        {
            Email,
            LongestEmail,
            Address,
            Domain,
            Word = new string('W', 100),
            Browser = $"Mozilla/5.0 {new string('M', 400)}",
        };
        foreach (var statement in Statements)
            await db.ExecuteAsync(statement, values);
    }

    private static readonly string[] Statements =
    [
        """
            update customers
            set name = 'Bundesvereinigung Deutscher Wohnungsunternehmen', company_name = 'Donaudampfschifffahrtsgesellschaft mbH & Co.'
            where normalized_email = @Email
            """,
        """
            insert into customers (name, company_name, email, normalized_email)
            values (@Word, @Word, @LongestEmail, @LongestEmail)
            on conflict do nothing
            """,
        """
            insert into users (email, normalized_email, display_name, status, security_stamp)
            values (@Email, upper(@Email), 'Maximiliane Oberhuber-Brandenstein', 'invited', ''),
                   (@LongestEmail, upper(@LongestEmail), @Word, 'invited', '')
            on conflict do nothing
            """,
        """
            insert into roles (code, name, description) values ('long', left(@Word, 60), @Word) on conflict do nothing
            """,
        """
            insert into user_roles (user_id, role_id)
            select u.id, r.id from users u, roles r where u.email = @LongestEmail and r.code = 'long'
            on conflict do nothing
            """,
        """
            insert into sessions (token_hash, user_id, security_stamp, status, remote_address, user_agent, expires_at)
            select sha256(u.email::bytea), u.id, '', 'active', @Address, @Browser, now() + interval '1 day'
            from users u where u.email in (@Email, @LongestEmail)
            on conflict do nothing
            """,
        """
            insert into login_attempts (email, outcome, remote_address, user_agent)
            values (@Email, 'wrong_password', @Address, @Browser), (@LongestEmail, 'unknown_user', @Address, @Browser)
            """,
        """
            insert into audit_entries (actor_kind, actor_name, action, subject, remote_address, correlation_id)
            values ('user', @Email, 'user.two_factor_reset', 'user ' || @Email, @Address, 'x'),
                   ('user', @LongestEmail, 'user.invited', 'user ' || @LongestEmail, @Address, 'x'),
                   ('api_key', @Word, 'role.changed', 'role ' || left(@Word, 60), @Address, 'x')
            """,
        """
            insert into api_keys (name, prefix, secret_hash, scopes, created_by)
            values (@Word, 'aaaaaaaaaaaa', sha256('x'), array['plans:read', 'orders:read'], @LongestEmail)
            on conflict do nothing
            """,
        """
            insert into servers (name, roles, address, state)
            values ('n' || repeat('w', 62), '{dns,web,mail}', @Address::inet, 'maintenance')
            on conflict do nothing
            """,
        """
            insert into domains (name, customer_id) select @Domain, max(id) from customers on conflict do nothing
            """,
        """
            update websites set domain = @Domain where id = (select max(id) from websites)
            """,
        """
            update provisioning_tasks set domain = @Domain where id = (select max(id) from provisioning_tasks where status = 'success')
            """,
        """
            update order_intakes set body = body || jsonb_build_object('primaryDomain', @Domain, 'customerEmail', @Email)
            where id = (select max(id) from order_intakes where status = 'completed')
            """,
    ];
}
