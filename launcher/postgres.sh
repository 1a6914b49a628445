# shellcheck shell=bash
# The private PostgreSQL: its own cluster in the data directory, loopback only, passwords by SCRAM, fsync on.

postgres_bin() { compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1; }

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups --reset-env "$@"; }

# The cluster's own bin directory: data of one major version cannot be read by another.
choose_postgres() {
    local version
    if [[ -e $data/postgres/data/PG_VERSION ]]; then
        version=$(<"$data/postgres/data/PG_VERSION")
        pg=/usr/lib/postgresql/$version/bin
        [[ -x $pg/postgres ]] || die "the database in $data/postgres was made by PostgreSQL $version, which is not installed: apt-get install postgresql-$version."
    else
        pg=$(postgres_bin)
        version=$(basename "$(dirname "$pg")")
        ((${version%%.*} >= 15)) || die "PostgreSQL 15 or newer is needed, and the newest here is $version."
    fi
    pg_version=$version
}

# A cluster made aside and moved into place: killed on the way, it is simply made again.
make_cluster() {
    [[ ! -e $data/postgres/data/PG_VERSION ]] || return 0
    say "Creating the database cluster"
    local directory=$data/postgres
    mkdir -p "$directory"
    rm -rf "$directory/data.new"
    # What was bound to an earlier database means nothing to a new one.
    rm -rf "$data/secrets/marketing-key" "$data/agent/state"
    secret postgres-superuser >"$directory/password"
    chown -R postgres: "$directory"
    chmod 700 "$directory"
    chmod 600 "$directory/password"
    as_postgres "$pg/initdb" -D "$directory/data.new" -U postgres --auth=scram-sha-256 --pwfile="$directory/password" \
        -E UTF8 --locale=C.UTF-8 >"$logs/initdb.log" 2>&1 || {
        show_end_of "$logs/initdb.log"
        die "the database cluster could not be created in $directory."
    }
    rm "$directory/password"
    mv "$directory/data.new" "$directory/data"
}

start_postgres() {
    # No process of this directory lives (they were stopped before), so a pid file can only be a dead one's, and its pid another's by now.
    rm -f "$data/postgres/data/postmaster.pid"
    start postgres setpriv --reuid=postgres --regid=postgres --init-groups --reset-env \
        "$pg/postgres" -D "$data/postgres/data" -p "$MPANEL_PG_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c max_connections=300 -c shared_buffers=256MB
    waiting_on=postgres within 60 sql -c 'select 1' >/dev/null 2>&1 || fail_to_start postgres PostgreSQL
}

# psql as the superuser, unaligned, stopping at the first error.
sql() {
    PGPASSWORD=$(secret postgres-superuser) PGCONNECT_TIMEOUT=5 "$pg/psql" --no-psqlrc -h 127.0.0.1 -p "$MPANEL_PG_PORT" -U postgres -d postgres \
        -qAt -v ON_ERROR_STOP=1 "$@"
}

# The server's own role, owner of its database and nothing else. The password comes on standard input, out of sight of the process list.
make_database() {
    sql -f - >>"$logs/postgres-setup.log" 2>&1 <<SQL || fail_to_start postgres PostgreSQL
set client_min_messages = warning;
do \$\$ begin
    if not exists (select from pg_roles where rolname = 'mpanel') then create role mpanel login; end if;
end \$\$;
alter role mpanel password '$(secret postgres-mpanel)';
select 'create database mpanel owner mpanel' where not exists (select from pg_database where datname = 'mpanel') \gexec
SQL
}

connection_string() {
    printf 'Host=127.0.0.1;Port=%s;Database=mpanel;Username=mpanel;Password=%s' "$MPANEL_PG_PORT" "$(secret postgres-mpanel)"
}
