-- What a new panel starts with. Applied once: what people change afterwards stays changed.

insert into permissions (code, description) values
    ('dashboard.view', 'See the dashboard'),
    ('orders.view', 'See orders and their timelines'),
    ('orders.manage', 'Resume orders, accept prices'),
    ('customers.view', 'See customers'),
    ('customers.manage', 'Create and change customers'),
    ('products.view', 'See products and prices'),
    ('products.manage', 'Create and change products and prices'),
    ('subscriptions.view', 'See subscriptions'),
    ('subscriptions.manage', 'Suspend, resume and cancel subscriptions'),
    ('invoices.view', 'See invoices'),
    ('invoices.manage', 'Issue, refund and void invoices'),
    ('provisioning.view', 'See provisioning tasks and their logs'),
    ('provisioning.retry', 'Retry, cancel and move provisioning tasks'),
    ('servers.view', 'See servers and their metrics'),
    ('servers.manage', 'Enrol, drain and change servers'),
    ('websites.view', 'See websites'),
    ('websites.manage', 'Suspend and delete websites'),
    ('domains.view', 'See domains'),
    ('domains.manage', 'Add and change domains'),
    ('users.view', 'See users'),
    ('users.manage', 'Invite, change and disable users'),
    ('roles.view', 'See roles'),
    ('roles.manage', 'Create and change roles'),
    ('security.view', 'See the audit log, login attempts and keys'),
    ('security.manage', 'Create, rotate and revoke API keys'),
    ('jobs.view', 'See background jobs'),
    ('jobs.manage', 'Retry and cancel background jobs');

insert into roles (code, name, description) values
    ('super_admin', 'Super admin', 'Everything, roles and users included'),
    ('admin', 'Admin', 'Everything but roles and users'),
    ('editor', 'Editor', 'Products, customers, domains and websites'),
    ('support', 'Support', 'Sees customers and their services, retries failed work'),
    ('customer', 'Customer', 'Own services only');

insert into role_permissions (role_id, permission_code)
select r.id, p.code from roles r cross join permissions p
where r.code = 'super_admin'
   or (r.code = 'admin' and p.code not in ('users.manage', 'roles.manage'))
   or (r.code = 'editor' and p.code in ('dashboard.view', 'orders.view', 'customers.view', 'customers.manage', 'products.view',
        'products.manage', 'subscriptions.view', 'invoices.view', 'websites.view', 'domains.view', 'domains.manage'))
   or (r.code = 'support' and p.code in ('dashboard.view', 'orders.view', 'customers.view', 'subscriptions.view', 'invoices.view',
        'provisioning.view', 'provisioning.retry', 'servers.view', 'websites.view', 'domains.view', 'jobs.view'));

insert into products (code, name, description, provisions, server_role) values
    ('starter', 'Starter hosting', 'One website to start with', 'hosting', 'web'),
    ('business', 'Business hosting', 'A website for a growing business', 'hosting', 'web'),
    ('wp-growth', 'WordPress Growth', 'Hosting tuned for WordPress', 'hosting', 'web'),
    ('daily-backups-30d', 'Daily backups, 30 days', 'A backup every day, kept for 30 days', 'backup', 'web'),
    ('professional-mail', 'Professional mail', 'Mailboxes on your own domain', 'mail', 'web'),
    ('ssl-wildcard', 'Wildcard certificate', 'One certificate for the domain and everything below it', 'ssl', 'web'),
    ('domain-registration', 'Domain registration', 'A domain name for the first year', 'none', null);

insert into product_prices (product_id, billing_period, currency, amount)
select p.id, v.billing_period, 'USD', v.amount
from (values
    ('starter', 'year', 29.88), ('starter', 'month', 3.49),
    ('business', 'month', 8.95), ('business', 'year', 95.88),
    ('wp-growth', 'month', 10.95),
    ('daily-backups-30d', 'month', 4.99),
    ('professional-mail', 'month', 2.99),
    ('ssl-wildcard', 'year', 69.00),
    ('domain-registration', 'one_time', 12.99)
) as v (code, billing_period, amount)
join products p on p.code = v.code;

insert into servers (name, role, address, website_capacity) values
    ('srv1', 'web', '10.1.10.10', 5000),
    ('dns-core', 'dns', '10.1.10.102', 0),
    ('mail-core', 'mail', '10.1.10.101', 0),
    ('db-core', 'db', '10.1.10.210', 0),
    ('mpanel-core', 'panel', '10.1.10.206', 0);
