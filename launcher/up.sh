# shellcheck shell=bash
# `up`: from nothing to a running MPanel, and watching over it until it is told to stop.

up() {
    (($# == 0)) || die "up takes no options, and $1 is one: its settings are environment variables, listed in docs/settings.md."
    require_root
    settings
    choose_stripe
    trap 'exit 0' INT TERM HUP
    trap 'leave $?' EXIT
    require_space "$data" 1024
    require_packages "${server_packages[@]}"
    offer_packages "${font_packages[@]}"
    require_dotnet
    make_data_directory
    take_lock
    require_traversable postgres
    require_traversable www-data
    choose_server_user
    write_instance starting
    stop_leftovers
    require_ports
    build
    install_programs
    choose_postgres
    make_cluster
    say "Starting PostgreSQL $pg_version on port $MPANEL_PG_PORT"
    start_postgres
    make_database
    say "Migrating and seeding the database"
    job_log=$logs/migrate.log server_program migrate || {
        show_end_of "$logs/migrate.log"
        die "the database could not be migrated."
    }
    if [[ $stripe == simulator ]]; then
        say "Starting the Stripe simulator on port $MPANEL_STRIPE_PORT (no Stripe key is set)"
        start_stripe-simulator
    fi
    say "Starting the server, API on port $MPANEL_API_PORT, pages on port $MPANEL_PAGES_PORT"
    start_server
    marketing_key
    say "Starting the agent of srv1, its nginx on port $MPANEL_NGINX_PORT"
    start_agent
    first_admin
    write_instance ready
    banner
    watch_over
}

require_ports() {
    require_port 'the API' MPANEL_API_PORT
    require_port 'the pages' MPANEL_PAGES_PORT
    require_port PostgreSQL MPANEL_PG_PORT
    [[ $stripe != simulator ]] || require_port 'the Stripe simulator' MPANEL_STRIPE_PORT
    require_port "the websites' nginx" MPANEL_NGINX_PORT
}

# Real Stripe when there is a key; the simulator without one, in Development only.
choose_stripe() {
    environment=${ASPNETCORE_ENVIRONMENT:-Development}
    if [[ -n ${Stripe__ApiKey:-} ]]; then
        stripe=real
    elif [[ $environment == Development ]]; then
        stripe=simulator
    else
        die "no Stripe key is set: in $environment only real payments count, so set Stripe__ApiKey."
    fi
}

# What answers strangers does not run as root: the server and the simulator have a system user of their own.
choose_server_user() {
    id -u mpanel >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mpanel
    as_server=(setpriv --reuid=mpanel --regid=mpanel --init-groups)
    if ! "${as_server[@]}" "$dotnet" --list-runtimes >/dev/null 2>&1; then
        say "The server runs as root, because other users cannot reach $(readlink -f "$dotnet")"
        as_server=()
    fi
}

# A directory for the server's user alone, with what is in it.
own_directory() {
    install -d -m 700 "$1"
    ((${#as_server[@]} == 0)) || chown -R mpanel:mpanel "$1"
}

# The server program with this instance's settings, for its verbs.
server_program() {
    server_environment
    as_job timeout 300 "${as_server[@]}" env "${server_env[@]}" "$dotnet" "$programs/server/MPanel.Web.dll" "$@"
}

# $1: the file, for root's eyes only, that takes what the verb prints. A verb that fails leaves no file.
server_secret() {
    local file=$1 ended=0
    shift
    install -m 600 /dev/null "$file.new"
    job_log=$logs/server-verbs.log job_output=$file.new server_program "$@" || ended=$?
    if ((ended == 0)); then mv "$file.new" "$file"; else rm -f "$file.new"; fi
    return "$ended"
}

server_environment() {
    server_env=(
        "HOME=$data"
        "ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}"
        "ConnectionStrings__MPanel=$(connection_string)"
        "Http__ApiPort=$MPANEL_API_PORT"
        "Http__PagesPort=$MPANEL_PAGES_PORT"
        "Roles=${Roles:-web,jobs}"
        "Logging__Directory=$logs/server"
        "DataProtection__Directory=$data/data-protection"
        # Read in Development only, while no mail server is set.
        "Emails__Directory=$data/emails"
    )
    if [[ ${stripe:-simulator} == simulator ]]; then
        server_env+=(
            "Stripe__ApiKey=sk_test_$(secret stripe-simulator-key)"
            "Stripe__BaseUrl=http://127.0.0.1:$MPANEL_STRIPE_PORT"
            "Stripe__WebhookSecrets__0=whsec_$(secret stripe-simulator-webhook)"
        )
    fi
    # Test payments count as money nowhere but here: the simulator's, or those of one's own Stripe account in test mode.
    if [[ $environment == Development && ${Stripe__ApiKey:-sk_test_} == ?k_test_* ]]; then
        server_env+=("Stripe__ExpectedLiveMode=${Stripe__ExpectedLiveMode:-false}")
    fi
}

start_stripe-simulator() {
    own_directory "$data/stripe-simulator"
    start stripe-simulator "${as_server[@]}" env HOME="$data" "$dotnet" "$programs/stripe-simulator/MPanel.StripeSimulator.dll" \
        --port "$MPANEL_STRIPE_PORT" --state "$data/stripe-simulator/payments.json"
    waiting_on=stripe-simulator within 30 port_taken "$MPANEL_STRIPE_PORT" || fail_to_start stripe-simulator 'the Stripe simulator'
}

start_server() {
    server_environment
    own_directory "$data/data-protection"
    own_directory "$data/emails"
    own_directory "$logs/server"
    start server "${as_server[@]}" env "${server_env[@]}" "$dotnet" "$programs/server/MPanel.Web.dll"
    waiting_on=server within 60 answers "http://127.0.0.1:$MPANEL_API_PORT/readyz" || fail_to_start server 'the server'
    [[ ${stripe:-simulator} != simulator ]] || tell_simulator
}

# Where the simulator sends its events. The secret goes by standard input: arguments are for everybody to read.
tell_simulator() {
    printf '{"url":"http://127.0.0.1:%s/api/webhooks/stripe","secrets":["whsec_%s"]}' "$MPANEL_API_PORT" "$(secret stripe-simulator-webhook)" |
        curl --silent --show-error --fail --max-time 10 --output /dev/null --request PUT --header 'Content-Type: application/json' \
            --data @- "http://127.0.0.1:$MPANEL_STRIPE_PORT/_sim/webhook_endpoints/we_up" || die "the simulator took no webhook."
}

# Whether the address answers with a 2xx.
answers() { curl --silent --fail --max-time 5 --output /dev/null "$1"; }

# The agent knows nothing of the panel's database or Stripe key; a one-time code enrols it the first time.
start_agent() {
    local code='' agent=$data/agent
    install -d -m 711 "$agent"
    if [[ ! -s $agent/state/token.json ]]; then
        server_secret "$data/secrets/enrolment-code" servers enroll-code --server srv1 || {
            show_end_of "$logs/server-verbs.log"
            die "the server gave no enrolment code for srv1."
        }
        code=$(<"$data/secrets/enrolment-code")
        rm "$data/secrets/enrolment-code"
    fi
    choose_site_users
    start agent env -u Stripe__ApiKey -u ConnectionStrings__MPanel "DOTNET_ENVIRONMENT=$environment" \
        "Agent__PanelUrl=http://127.0.0.1:$MPANEL_API_PORT" "Agent__EnrolmentCode=$code" "Agent__StateDirectory=$agent/state" \
        "Agent__SitesDirectory=$agent/sites" "Agent__HooksDirectory=${Agent__HooksDirectory:-$agent/hooks.d}" \
        "Agent__NginxPrefix=$agent/nginx" "Agent__NginxAddress=${Agent__NginxAddress:-127.0.0.1}" "Agent__NginxPort=$MPANEL_NGINX_PORT" \
        "${site_users[@]}" Agent__NginxStopOnExit=true "Agent__DrainSeconds=${Agent__DrainSeconds:-10}" "Agent__LogFile=$logs/agent-.json" \
        "$dotnet" "$programs/agent/MPanel.NodeAgent.dll"
    waiting_on=agent within 60 agent_works || fail_to_start agent 'the agent'
}

# Enrolled, and its nginx listens.
agent_works() { [[ -s $data/agent/state/token.json ]] && port_taken "$MPANEL_NGINX_PORT"; }

# Websites are numbered in each database from 1, and their system users are named by that: a second instance on this machine gets a
# name prefix and a range of user ids of its own, made from the path of its data directory.
choose_site_users() {
    site_users=()
    [[ $data != /var/lib/mpanel ]] || return 0
    local sum letters='' left
    sum=$(cksum <<<"$data")
    sum=${sum%% *}
    left=$sum
    while ((${#letters} < 5)); do
        letters+=$(printf '%b' "\\x$(printf '%x' $((97 + left % 26)))")
        left=$((left / 26))
    done
    site_users=(
        "Agent__UserPrefix=${Agent__UserPrefix:-mp$letters}"
        "Agent__UidBase=${Agent__UidBase:-$((2020000000 + sum % 12000 * 10000))}"
    )
}

fail_to_start() {
    show_end_of "$logs/$1.log"
    die "$2 did not start: its log is $logs/$1.log."
}

# The development key of the marketing API: made once, kept for `demo`, made anew when the database no longer knows it.
marketing_key() {
    [[ $environment == Development ]] || return 0
    local file=$data/secrets/marketing-key
    if [[ -s $file ]]; then
        key_works "$file" && return 0
        say "The kept marketing key is no longer valid: making another"
    fi
    server_secret "$file" keys create --name marketing-development --scopes orders:write,orders:read,plans:read || {
        show_end_of "$logs/server-verbs.log"
        die "the marketing API's key could not be made."
    }
}

# The key goes to curl on standard input, out of sight of the process list.
key_works() {
    local status
    status=$(printf 'Authorization: Bearer %s\n' "$(<"$1")" |
        curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' -H @- "http://127.0.0.1:$MPANEL_API_PORT/api/public/plans") || true
    [[ $status != 401 ]]
}

# Last before the banner, so that a password is made only when it will be shown.
first_admin() {
    local ended=0 file=$data/secrets/first-admin
    admin_password=''
    server_secret "$file" admin create --email "$MPANEL_ADMIN_EMAIL" || ended=$?
    case $ended in
        0) admin_password=$(<"$file") && rm "$file" ;;
        3) ;; # There is an admin already.
        *) show_end_of "$logs/server-verbs.log" && die "the first admin could not be made." ;;
    esac
}

banner() {
    local host=127.0.0.1
    say "MPanel is ready"
    cat <<TEXT

  Pages             http://$host:$MPANEL_PAGES_PORT/
  API               http://$host:$MPANEL_API_PORT/    described at /openapi/v1.json
  Websites          http://$host:$MPANEL_NGINX_PORT/    nginx of srv1: curl -H 'Host: <domain>' http://$host:$MPANEL_NGINX_PORT/
  PostgreSQL        $host:$MPANEL_PG_PORT, database mpanel
TEXT
    if [[ $stripe == simulator ]]; then
        echo "  Stripe            the simulator, http://$host:$MPANEL_STRIPE_PORT/: no Stripe key is set, no real money moves"
    else
        echo "  Stripe            ${Stripe__BaseUrl:-https://api.stripe.com}"
    fi
    echo "  Data, logs        $data, $logs"
    echo
    if [[ -n $admin_password ]]; then
        echo "  First admin       $MPANEL_ADMIN_EMAIL, one-time password $admin_password (shown this once, valid for 3 days)"
    else
        echo "  Admin             made earlier; a new one-time password: ./mpanel admin reset-password --email <address>"
    fi
    [[ $environment != Development ]] || echo "  Marketing key     $(<"$data/secrets/marketing-key") (development; Authorization: Bearer <key>)"
    echo
    echo "  Next: ./mpanel demo in another terminal. Ctrl-C here stops everything; up again continues with the same data."
}

# Restarts what dies, three times within ten minutes; then something is wrong that restarting does not mend.
watch_over() {
    local name ended
    local -A deaths=() since=()
    while true; do
        pause 1
        for name in "${!pids[@]}"; do
            alive "${pids[$name]}" && continue
            ended=0
            wait "${pids[$name]}" || ended=$?
            unset "pids[$name]"
            if ((SECONDS - ${since[$name]:--600} >= 600)); then deaths[$name]=0 since[$name]=$SECONDS; fi
            deaths[$name]=$((${deaths[$name]} + 1))
            say "The $name ended by itself, with code $ended"
            show_end_of "$logs/$name.log"
            ((${deaths[$name]} <= 3)) || die "the $name ended four times within ten minutes, so everything is stopped: its log is $logs/$name.log."
            say "Starting the $name again (${deaths[$name]} of 3)"
            "start_$name"
        done
    done
}

# However `up` ends, what it started ends with it.
leave() {
    trap '' INT TERM HUP
    trap - EXIT
    end_job
    if [[ -n $locked ]]; then
        stop_all
        rm -f "$data/instance"
        (($1)) || say "Stopped. The data stays in $data; ./mpanel up continues with it."
    fi
    exit "$1"
}
