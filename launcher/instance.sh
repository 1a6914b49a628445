# shellcheck shell=bash
# One MPanel on this machine: its data directory, ports, secrets, and the lock that keeps a second `up` away.

port_settings=(MPANEL_API_PORT MPANEL_PAGES_PORT MPANEL_PG_PORT MPANEL_STRIPE_PORT MPANEL_NGINX_PORT)

# What the release before took, and this one has no use for. Ignored in silence, it would be believed to work still.
refuse_gone() {
    local option
    [[ -z ${MPANEL_ENGINE:-} ]] || die "MPANEL_ENGINE is gone: Hangfire is the one job engine. Unset it."
    [[ -z ${MPANEL_GATEWAY:-} ]] || die "MPANEL_GATEWAY is gone: Stripe.net is the one payment gateway. Unset it."
    [[ -z ${MPANEL_NUGET_SOURCE:-} ]] || die "MPANEL_NUGET_SOURCE is gone: every package comes from the feed that NuGet is set up with. Unset it."
    for option in "$@"; do
        case $option in
            --engine) die "--engine is gone: Hangfire is the one job engine. Leave it out." ;;
            --gateway) die "--gateway is gone: Stripe.net is the one payment gateway. Leave it out." ;;
        esac
    done
}

# Reads the settings. Sets $data and the ports.
settings() {
    local setting
    data=$(readlink -m "${MPANEL_DATA:-/var/lib/mpanel}")
    # The path ends up in configuration files of several programs, each with quoting rules of its own.
    [[ $data =~ ^/[A-Za-z0-9._/-]+$ ]] || die "MPANEL_DATA may hold letters, digits, dots, dashes, underscores and slashes only, not: $data"
    : "${MPANEL_API_PORT:=2271}" "${MPANEL_PAGES_PORT:=2272}" "${MPANEL_PG_PORT:=2273}" "${MPANEL_STRIPE_PORT:=2274}" "${MPANEL_NGINX_PORT:=2280}"
    : "${MPANEL_ADMIN_EMAIL:=admin@mpanel.example}"
    for setting in "${port_settings[@]}"; do
        if ! [[ ${!setting} =~ ^[1-9][0-9]{0,4}$ ]] || ((${!setting} > 65535)); then
            die "$setting is a port, 1 to 65535, not: ${!setting}"
        fi
    done
    programs=$data/programs
    logs=$data/logs
}

# For what needs a panel that is ready. The ports it was started with stand in its file: data, read line by line, never sourced.
settings_of_running_instance() {
    settings
    is_running || die "MPanel is not running on $data: start it with ./mpanel up."
    grep -qx 'state=ready' "$data/instance" || die "MPanel on $data is still starting: wait until ./mpanel up says that it is ready."
    local name value
    while IFS='=' read -r name value; do
        [[ " ${port_settings[*]} " == *" $name "* && $value =~ ^[0-9]{1,5}$ ]] && printf -v "$name" '%s' "$value"
    done <"$data/instance"
}

# $1: starting or ready.
write_instance() {
    local setting
    {
        echo "pid=$$"
        echo "state=$1"
        for setting in "${port_settings[@]}"; do echo "$setting=${!setting}"; done
    } >"$data/instance.new"
    mv "$data/instance.new" "$data/instance"
}

make_data_directory() {
    umask 022
    mkdir -p "$data" || die "the data directory $data cannot be made."
    mkdir -p "$logs"
    chmod 711 "$data"
    install -d -m 700 "$data/secrets"
}

# PostgreSQL and nginx run as users of their own, and must be able to walk down to their files.
require_traversable() {
    setpriv --reuid="$1" --regid="$1" --init-groups test -x "$data" ||
        die "user $1 cannot enter $data, because a directory above it is closed: choose another place with MPANEL_DATA."
}

locked=''

# Held by the launcher alone (children close it), so the kernel frees it whichever way the launcher ends.
take_lock() {
    exec {lock}<&-
    exec {lock}>>"$data/lock"
    flock --nonblock "$lock" || die "another ./mpanel up is already running on $data: stop it first, or use another MPANEL_DATA and other ports."
    locked=yes
}

is_running() {
    [[ -e $data/lock && -e $data/instance ]] || return 1
    ! flock --nonblock --shared "$data/lock" true
}

random_secret() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# A secret of this name, made when there is none. Written aside first: a half-written one would lock the database.
secret() {
    local file=$data/secrets/$1
    if [[ ! -s $file ]]; then
        (umask 077 && random_secret >"$file.new")
        mv "$file.new" "$file"
    fi
    cat "$file"
}
