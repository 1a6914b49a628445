# shellcheck shell=bash
# `test`, `faults` and `bench`: everything, from nothing, on one machine.

test_projects=(Unit Integration EndToEnd)
# Of the fire that is part of every test run: what happened once happens again.
short_fire=(--seed 7 --minutes 1)

run_tests() {
    local chosen=() filter=() option value whole=yes
    while (($#)); do
        option=$1 value=${2:-}
        [[ -n $value ]] || die "$option wants a value: --project <Unit|Integration|EndToEnd>, --filter <expression>."
        case $option in
            --project) chosen+=("$value") whole='' ;;
            --filter) filter=(--filter "$value") whole='' ;;
            *) die "test knows --project <Unit|Integration|EndToEnd> and --filter <expression>, not $option." ;;
        esac
        shift 2
    done
    ((${#chosen[@]})) || chosen=("${test_projects[@]}")
    for option in "${chosen[@]}"; do
        [[ " ${test_projects[*]} " == *" $option "* ]] || die "there is no test project $option: there are ${test_projects[*]}."
    done
    require_root
    end_cleanly
    require_space "$root" 2048
    require_packages "${server_packages[@]}" "${fault_packages[@]}" "${test_packages[@]}" "${font_packages[@]}"
    require_dotnet
    cd "$root"
    results=$root/artifacts/test-results
    rm -rf "$results"
    mkdir -p "$results"
    passed=0 failed=0 skipped=0 ran=0
    build_tests
    check_format
    for option in "${chosen[@]}"; do run_project "$option" "${filter[@]}"; done
    [[ -z $whole ]] || short_faults
    local skips=''
    ((skipped == 0)) || skips=", $skipped skipped"
    echo "$passed passed, $failed failed$skips"
    # The formatting alone is no test run.
    ((failed == 0 && ran > 0))
}

# One build for all that follows, the published programs included.
build_tests() {
    say "Building"
    as_job timeout 600 "$dotnet" restore MPanel.sln --locked-mode -v quiet || not_built "the packages could not be restored."
    as_job timeout 900 "$dotnet" build MPanel.sln -c Release --no-restore -v quiet --nologo || not_built "MPanel does not build."
    publish --no-build
    exec {build_lock}>&-
}

# What does not build is one failure, for those who read the closing line only.
not_built() {
    echo "mpanel: $1" >&2
    echo "0 passed, 1 failed"
    exit 1
}

# The formatting counts as one test.
check_format() {
    say "Checking the formatting"
    if job_log=$results/tools.log as_job timeout 120 "$dotnet" tool restore && as_job timeout 120 "$dotnet" csharpier check .; then
        passed=$((passed + 1))
    else
        show_end_of "$results/tools.log" 3
        echo "The formatting differs: dotnet csharpier format . mends it."
        failed=$((failed + 1))
    fi
}

run_project() {
    local name=$1 ended=0 trx=$results/$1.trx
    shift
    say "Running the $name tests"
    # A test that never ends is named and ends its project; the others still run.
    as_job timeout --kill-after=20 2700 "$dotnet" test "tests/$name" -c Release --no-build --nologo -v quiet \
        --blame-hang-timeout 6m --blame-hang-dump-type none --results-directory "$results/$name" --logger 'console;verbosity=minimal' --logger "trx;LogFileName=$trx" "$@" || ended=$?
    if [[ ! -s $trx ]]; then
        # A filter may leave nothing of a project; without one, there is something to run.
        ((ended || $# == 0)) || return 0
        echo "The $name tests ended with code $ended and without results."
        failed=$((failed + 1))
        return 0
    fi
    local counters run ok bad
    # What a test has to tell besides passing, such as how long the chaos took.
    grep -o 'Chaos: [^<]*' "$trx" || true
    counters=$(grep -o '<Counters [^>]*>' "$trx" | head -n 1)
    run=$(counter total) ok=$(counter passed) bad=$(counter failed)
    ran=$((ran + run))
    # A run that was cut off has no failed test, and is no success.
    ((ended == 0 || bad > 0)) || bad=1
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + run - ok - $(counter failed)))
}

# Counts as one test; what it says is shown whole when it fails.
short_faults() {
    local log=$results/faults.log ended=0
    say "Letting faults strike for a minute"
    : >"$log"
    job_log=$log as_job timeout --kill-after=20 420 "$dotnet" "$built/bin/MPanel.Faults/release/MPanel.Faults.dll" "${short_fire[@]}" || ended=$?
    ran=$((ran + 1))
    if ((ended == 0)); then
        grep '^Faults: ' "$log" || true
        passed=$((passed + 1))
    else
        cat "$log"
        echo "The faults ended with code $ended."
        failed=$((failed + 1))
    fi
}

counter() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }

end_cleanly() {
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap end_job EXIT
}

bench() { build_and_run Benchmarks "$@"; }

faults() { build_and_run Faults "$@"; }

# $1: a program below tests/, then its arguments.
build_and_run() {
    local name=$1
    shift
    require_root
    end_cleanly
    require_space "$root" 2048
    require_packages "${server_packages[@]}"
    [[ $name != Faults ]] || require_packages "${fault_packages[@]}"
    require_dotnet
    cd "$root"
    say "Building"
    as_job "$dotnet" build "tests/$name" -c Release -v quiet --nologo -p:RestoreLockedMode=true || die "tests/$name does not build."
    as_job "$dotnet" "$built/bin/MPanel.$name/release/MPanel.$name.dll" "$@"
}
