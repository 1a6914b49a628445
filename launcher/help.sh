# shellcheck shell=bash
help_text() {
    cat <<'TEXT'
MPanel: a payment on one side, an answering website on the other.

  ./mpanel up       install what is missing, start everything, stay until Ctrl-C
  ./mpanel demo     post the example order and follow it until its website answers
  ./mpanel status   what is running, and on which ports
  ./mpanel down     stop what another terminal's `up` started
  ./mpanel admin    create | reset-password | disable-2fa, each with --email <address>
  ./mpanel keys     create --name <name> --scopes <scope,scope> | revoke --name <name>
  ./mpanel servers  enroll-code --server <name>
  ./mpanel test     run all tests; --project Unit|Integration|EndToEnd, --filter <expression>
  ./mpanel faults   let faults strike a whole hosting company and check that nothing is lost; --seed N, --minutes M, --only <fault,fault>,
                    --scenario failover|load for a database that fails over, and for too many orders
  ./mpanel bench    print figures beside their floors; intake|chain|claims|sites|memory|pages for one part, --quick, --full
  ./mpanel help     this

Settings are environment variables:

  MPANEL_DATA         the data directory, /var/lib/mpanel
  MPANEL_API_PORT     2271     MPANEL_PAGES_PORT   2272     MPANEL_PG_PORT   2273
  MPANEL_STRIPE_PORT  2274     MPANEL_NGINX_PORT   2280
  MPANEL_ADMIN_EMAIL  the first admin's address, admin@mpanel.example
  Stripe__ApiKey      a Stripe secret key; without one, the simulator stands in (Development only)

docs/settings.md lists every setting, docs/operations.md tells how to run it.
TEXT
}
