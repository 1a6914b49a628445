# shellcheck shell=bash
# Starting, watching and stopping what runs, bounded in time whatever happens.

declare -A pids=()
job=''
# The locks' file descriptors, closed in every child: a lock must not outlive the launcher in a process it left behind.
exec {lock}</dev/null {build_lock}</dev/null

# Runs a long command in the background and waits for it: bash answers a signal only between foreground commands. Its output goes
# to $job_log, and what it prints to $job_output, where those are set. (Redirecting the call instead would redirect the trap, too.)
as_job() {
    local ended=0
    if [[ -n ${job_log:-} ]]; then
        setsid "$@" </dev/null >>"${job_output:-$job_log}" 2>>"$job_log" {lock}>&- {build_lock}>&- &
    else
        setsid "$@" </dev/null {lock}>&- {build_lock}>&- &
    fi
    job=$!
    wait "$job" || ended=$?
    job=''
    return "$ended"
}

# Ends the long command that a signal interrupted, and takes back what it needed.
end_job() {
    [[ -z $job ]] || stop_pids TERM 10 "-$job"
    lift_start_policy
}

# $1: its name, then the command. A session of its own: a Ctrl-C in the terminal reaches the launcher only,
# which stops all in order. They stand in the data directory, by which a later run knows them.
start() {
    local name=$1 log=$logs/$1.log
    shift
    if [[ -e $log ]] && (($(stat -c %s "$log") > 20000000)); then mv "$log" "$log.1"; fi
    setsid env --chdir="$data" "$@" </dev/null >>"$log" 2>&1 {lock}>&- &
    pids[$name]=$!
}

# $1: a pid, or a process group with a minus before it.
alive() { kill -s 0 -- "$1" 2>/dev/null; }

# $1: seconds, then the condition. Fails when it did not come true in time, or at once when the child $waiting_on died meanwhile.
within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        ((SECONDS < deadline)) || return 1
        [[ -z ${waiting_on:-} ]] || alive "${pids[$waiting_on]}" || return 1
        pause 0.1
    done
}

# Unlike a foreground sleep, interrupted by a signal at once. What bash has to say about a child that was killed meanwhile is said
# better by the launcher.
pause() {
    {
        sleep "$1" {lock}>&- &
        wait $! || true
    } 2>/dev/null
}

all_gone() {
    local pid
    for pid in "$@"; do alive "$pid" && return 1; done
    return 0
}

# $1: signal, $2: seconds it may take before it is killed, then the pids.
stop_pids() {
    local signal=$1 patience=$2
    shift 2
    (($#)) || return 0
    kill -s "$signal" -- "$@" 2>/dev/null || true
    waiting_on='' within "$patience" all_gone "$@" && return 0
    kill -s KILL -- "$@" 2>/dev/null || true
    waiting_on='' within 5 all_gone "$@" || true
}

# $1: name of a child, $2: signal, $3: seconds.
stop() {
    local pid=${pids[$1]:-}
    [[ -n $pid ]] || return 0
    unset "pids[$1]"
    stop_pids "$2" "$3" "$pid"
}

# Pids of the given program (nginx, postgres, dotnet) that stand in, or hold a file of, this data directory. Found so, nothing
# is missed when the launcher or a child was killed at any moment, and a reused pid is never taken for one of ours.
leftovers() {
    local pid program
    while read -r pid; do
        program=$(readlink "/proc/$pid/exe" 2>/dev/null) || continue
        program=${program% (deleted)}
        [[ ${program##*/} == "$1" ]] && echo "$pid"
    done < <(find /proc/[0-9]*/cwd /proc/[0-9]*/fd -maxdepth 1 -lname "$data/*" 2>/dev/null | cut -d / -f 3 | sort -un)
    return 0
}

# Processes of this data directory that a killed launcher left behind.
stop_leftovers() {
    local name signal found
    for name in dotnet:TERM nginx:TERM postgres:INT; do
        signal=${name#*:} name=${name%:*}
        mapfile -t found < <(leftovers "$name")
        ((${#found[@]})) || continue
        say "Stopping $name left over from an earlier run"
        stop_pids "$signal" 15 "${found[@]}"
    done
}

# All that `up` started, agent first so that no task is begun on a panel that goes away, the database last.
stop_all() {
    local found
    if ((${#pids[@]})); then say "Stopping"; fi
    stop agent TERM 20
    mapfile -t found < <(leftovers nginx)
    stop_pids QUIT 5 "${found[@]}"
    stop server TERM 20
    stop stripe-simulator TERM 5
    stop postgres INT 20
}
