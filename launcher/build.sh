# shellcheck shell=bash
# From sources to the programs that run.

# Where a build puts what it makes.
built=$root/artifacts

# Project and the short name that its published form has in the data directory.
published=('MPanel.Web server' 'MPanel.NodeAgent agent' 'tests/StripeSimulator stripe-simulator')

# Publishes the three programs into the artifacts, when a source has changed since the last time.
build() {
    take_build_lock
    if changed_since "$built/.published"; then
        say "Building (a minute the first time)"
        publish
    else
        say "Nothing changed since the last build"
    fi
    exec {build_lock}>&-
}

take_build_lock() {
    mkdir -p "$root/artifacts"
    exec {build_lock}<&-
    exec {build_lock}>>"$root/artifacts/.build.lock"
    flock --nonblock "$build_lock" && return 0
    say "Waiting for another build of this checkout"
    flock --timeout 900 "$build_lock" || die "another build of this checkout has not ended within 15 minutes."
}

publish() {
    local pair project log=$root/artifacts/build.log
    # Before the build begins: what changes while it runs is newer.
    mkdir -p "$built"
    touch "$built/.published.new"
    : >"$log"
    for pair in "${published[@]}"; do
        project=${pair% *}
        if ! job_log=$log as_job "$dotnet" publish "$root/$project" -c Release -v quiet --nologo -p:RestoreLockedMode=true "$@"; then
            show_end_of "$log" 20
            die "$project did not build: the whole output is in $log."
        fi
    done
    mv "$built/.published.new" "$built/.published"
}

# By change time, which a restored or moved file cannot carry over from elsewhere; directories too, so that a deletion counts.
changed_since() {
    [[ -e $1 ]] || return 0
    [[ -n $(cd "$root" && find Database MPanel.Jobs MPanel.Web MPanel.NodeAgent tests/StripeSimulator Directory.* global.json -cnewer "$1" -print -quit) ]]
}

# Each instance runs its own copy, so that a later build does not pull files from under running programs.
install_programs() {
    local pair
    rm -rf "$programs.new"
    mkdir -p "$programs.new"
    for pair in "${published[@]}"; do
        cp -r "$built/publish/$(basename "$(compgen -G "$root/${pair% *}/*.csproj")" .csproj)/release" "$programs.new/${pair#* }"
    done
    # Whatever umask the build had: the server's user reads them.
    chmod -R a+rX "$programs.new"
    rm -rf "$programs"
    mv "$programs.new" "$programs"
}
