# shellcheck shell=bash
# What the launcher says, and how it ends when it cannot go on.

# A progress line, with the seconds since the start.
say() { printf '[%3ds] %s\n' "$SECONDS" "$*"; }

# One plain sentence, and the end.
die() {
    printf 'mpanel: %s\n' "$*" >&2
    exit 1
}

# The end of a log, indented, for the person who has to find out why.
show_end_of() {
    [[ -s $1 ]] || return 0
    printf '        last lines of %s:\n' "$1" >&2
    tail -n "${2:-15}" "$1" | cut -c 1-300 | sed 's/^/        | /' >&2
}
