# shellcheck shell=bash
# What the machine must offer: root, room, packages, the .NET SDK, free ports. Each lack is one plain sentence.

require_root() {
    ((EUID == 0)) || die "this needs root, because it installs packages and runs PostgreSQL and websites as users of their own: try sudo ./mpanel $verb."
}

# $1: a directory (or one yet to be made), $2: the MiB it needs.
require_space() {
    local directory=$1 free
    while [[ ! -d $directory ]]; do directory=$(dirname "$directory"); done
    free=$(df --output=avail --block-size=1M "$directory" | tail -n 1)
    ((free >= $2)) || die "$1 needs $2 MiB of free disk space and has ${free// /} MiB: free some, or choose another place with MPANEL_DATA."
}

# Pairs of a Debian package and a file that tells that it is there already, however it came.
server_packages=(
    'ca-certificates /etc/ssl/certs/ca-certificates.crt'
    'curl /usr/bin/curl'
    'postgresql /usr/lib/postgresql/*/bin/postgres'
    'nginx-light /usr/sbin/nginx'
    'publicsuffix /usr/share/publicsuffix/public_suffix_list.dat'
)
# What invoices print names of other scripts with. Where there are none, invoices are printed with empty boxes and flagged.
font_packages=(
    'fonts-noto-core /usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf'
    'fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
)
# Sets an agent's clock wrong.
fault_packages=('libfaketime /usr/lib/*/faketime/libfaketime.so.1')
# Two fonts, because pages must have room for the letters of either.
test_packages=(
    'chromium /usr/bin/chromium'
    'fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'
    'fonts-noto-core /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf'
    'poppler-utils /usr/bin/pdftotext'
    'postfix /usr/sbin/postfix'
)

# Installs those of the given package pairs that are missing. Starts no service and lets none start by itself later.
require_packages() {
    local pair package file missing=()
    for pair in "$@" "$(icu_package)"; do
        read -r package file <<<"$pair"
        # The file may hold a wildcard.
        compgen -G "$file" >/dev/null || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null ||
        die "${missing[*]} must be installed first: this machine has no apt-get, so MPanel cannot do it itself."
    say "Installing ${missing[*]}"
    install_packages "${missing[@]}"
    for pair in "$@"; do
        read -r package file <<<"$pair"
        compgen -G "$file" >/dev/null || die "$package was installed, but $file is not there: this Debian is not one that MPanel knows."
    done
}

# Installs those of the given package pairs that are missing, if it can: the run goes on without them.
offer_packages() {
    local pair package file missing=()
    for pair in "$@"; do
        read -r package file <<<"$pair"
        compgen -G "$file" >/dev/null || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if command -v apt-get >/dev/null; then
        say "Installing ${missing[*]}"
        ! try_packages "${missing[@]}" || return 0
        rm -f "$install_log"
    fi
    say "${missing[*]} could not be installed: invoices show empty boxes for what only these fonts have, and say so on their pages"
}

# The ICU library that .NET loads carries its version in its name: 72 on Debian 12, 76 on Debian 13.
icu_package() {
    local name=libicu72
    command -v apt-cache >/dev/null && name=$(apt-cache --names-only search '^libicu[0-9]+$' 2>/dev/null | sort -V | tail -n 1 | cut -d ' ' -f 1)
    echo "${name:-libicu72} /usr/lib/*/libicuuc.so.*"
}

# Debian's word on what an installation may start.
start_policy=/usr/sbin/policy-rc.d
own_start_policy=''

lift_start_policy() {
    [[ -z $own_start_policy ]] || rm -f "$start_policy"
    own_start_policy=''
}

install_packages() {
    try_packages "$@" && return
    show_end_of "$install_log" 8
    die "apt-get could not install $*: its whole output is in $install_log."
}

# Where they can't be installed, $install_log says why.
try_packages() {
    local cluster=/etc/postgresql-common/createcluster.conf
    install_log=$(mktemp /tmp/mpanel-apt.XXXXXX)
    # Debian starts what it installs, and creates a cluster on port 5432: neither is wanted, MPanel runs its own.
    if [[ ! -e $start_policy ]]; then
        own_start_policy=yes
        printf '#!/bin/sh\nexit 101\n' >"$start_policy"
        chmod 755 "$start_policy"
    fi
    if [[ ! -e $cluster ]]; then
        mkdir -p "$(dirname "$cluster")"
        echo 'create_main_cluster = false' >"$cluster"
    fi
    local ended=0
    {
        job_log=$install_log as_job env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
            job_log=$install_log as_job env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"
    } || ended=$?
    lift_start_policy
    ((ended == 0)) || return "$ended"
    rm -f "$install_log"
    if [[ -d /run/systemd/system && " $* " == *' nginx-light '* ]]; then
        systemctl --quiet disable nginx
    fi
}

# Finds the .NET 10 SDK, also where it is not on root's PATH. Sets $dotnet.
require_dotnet() {
    local candidate
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet "$HOME/.dotnet/dotnet"; do
        [[ -x $candidate && ! -d $candidate ]] || continue
        if "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.'; then
            dotnet=$candidate
            export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
            # Nothing of a build may stay behind: no build server, no compiler server.
            export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
            return 0
        fi
    done
    die "the .NET 10 SDK was not found: install it from https://dotnet.microsoft.com/download/dotnet/10.0 and try again."
}

# Whether something listens on the port of any local address. Reads the kernel's table, so nobody is disturbed by a connection.
port_taken() {
    local hex
    printf -v hex ':%04X' "$1"
    awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# $1: what wants it, $2: the setting that holds the port.
require_port() {
    port_taken "${!2}" || return 0
    die "port ${!2}, wanted for $1, is taken by another program: stop that program, or choose another port with $2=<port>."
}
