# shellcheck shell=bash
# What is done with a running MPanel: look, stop, demonstrate, and the server program's own verbs.

down() {
    require_root
    settings
    is_running || { say "MPanel is not running on $data"; return 0; }
    local launcher
    launcher=$(sed -n 's/^pid=\([0-9]*\)$/\1/p' "$data/instance")
    kill -s TERM "$launcher"
    waiting_on='' within 90 not_running || die "the launcher (pid $launcher) has not stopped within 90 seconds."
    say "Stopped"
}

not_running() { ! is_running; }

status() {
    settings
    if ! is_running; then
        echo "MPanel is not running on $data."
        return 3
    fi
    if ! grep -qx 'state=ready' "$data/instance"; then
        echo "MPanel is starting on $data."
        return 0
    fi
    settings_of_running_instance
    local line name port
    echo "MPanel is running on $data:"
    for line in "API MPANEL_API_PORT" "pages MPANEL_PAGES_PORT" "PostgreSQL MPANEL_PG_PORT" "Stripe-simulator MPANEL_STRIPE_PORT" "nginx MPANEL_NGINX_PORT"; do
        name=${line% *} port=${line#* }
        if port_taken "${!port}"; then echo "  $name listens on port ${!port}"; else echo "  $name does not listen on port ${!port}"; fi
    done
}

# The example order, posted as the marketing API would, followed until the site answers.
demo() {
    require_root
    settings_of_running_instance
    require_dotnet
    [[ -s $data/secrets/marketing-key ]] || die "the demo needs the development key, which exists in the Development environment only."
    port_taken "$MPANEL_STRIPE_PORT" || die "the demo pays at the Stripe simulator, which is not running, because a Stripe key is set."
    exec "$dotnet" "$programs/stripe-simulator/MPanel.StripeSimulator.dll" demo --key-file "$data/secrets/marketing-key" \
        --panel "http://127.0.0.1:$MPANEL_API_PORT" --simulator "http://127.0.0.1:$MPANEL_STRIPE_PORT" \
        --nginx "http://127.0.0.1:$MPANEL_NGINX_PORT" "$@"
}

# admin, keys and servers are the server program's: ./mpanel admin reset-password --email …
server_verb() {
    require_root
    settings_of_running_instance
    require_dotnet
    environment=${ASPNETCORE_ENVIRONMENT:-Development}
    server_environment
    choose_server_user
    exec "${as_server[@]}" env "${server_env[@]}" "$dotnet" "$programs/server/MPanel.Web.dll" "$@"
}
