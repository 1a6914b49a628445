# shellcheck shell=bash
# What a build is made with: the job engine and the payment gateway. Two of the four are packages that not every feed has.

# Takes --engine and --gateway out of the arguments; MPANEL_ENGINE and MPANEL_GATEWAY say the same. Sets $engine and $gateway, empty
# where not asked for, and $rest.
take_choices() {
    engine='' gateway='' rest=()
    set -- ${MPANEL_ENGINE:+--engine "$MPANEL_ENGINE"} ${MPANEL_GATEWAY:+--gateway "$MPANEL_GATEWAY"} "$@"
    while (($#)); do
        case $1 in
            --engine)
                case ${2:-} in
                    quartz) engine=Quartz ;;
                    hangfire) engine=Hangfire ;;
                    *) die "--engine is quartz or hangfire, not: ${2:-nothing}" ;;
                esac
                shift ;;
            --gateway)
                case ${2:-} in
                    stripehttp) gateway=StripeHttp ;;
                    stripenet) gateway=StripeNet ;;
                    *) die "--gateway is stripehttp or stripenet, not: ${2:-nothing}" ;;
                esac
                shift ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
}

# Settles what was not asked for, and says which engine it is and why. $1: "try" takes Hangfire where it can be had, anything else does not.
settle_choices() {
    local why='as asked'
    gateway=${gateway:-StripeHttp}
    if [[ -z $engine && $1 != try ]]; then
        engine=Quartz why='unless --engine hangfire'
    elif [[ -z $engine ]]; then
        engine=Hangfire
        if restorable; then
            why='its packages can be restored; --engine quartz takes the other'
        else
            engine=Quartz why="Hangfire's packages cannot be restored here"
        fi
    fi
    restorable || die "the packages of $engine and $gateway cannot be restored: $root/artifacts/restore.log says why. A feed that has them may be named with MPANEL_NUGET_SOURCE."
    choose_build
    # For an `up` that a test starts.
    export MPANEL_ENGINE=${engine,,} MPANEL_GATEWAY=${gateway,,}
    say "Job engine: $engine ($why)"
}

# The properties of a build with what is chosen, and where its artifacts are.
choose_build() {
    choice=() built=$root/artifacts
    [[ $engine == Quartz && $gateway == StripeHttp ]] && return 0
    built=$root/artifacts/$engine-$gateway
    choice=("-p:JobEngine=$engine" "-p:PaymentGateway=$gateway")
    # MSBuild reads it as a property.
    [[ -z ${MPANEL_NUGET_SOURCE:-} ]] || export RestoreAdditionalProjectSources=$MPANEL_NUGET_SOURCE
}

# Whether the packages of what is chosen can be had. The answer is kept: for good where they were found, for a day where they were not.
restorable() {
    choose_build
    ((${#choice[@]})) || return 0
    local answer=$built/.restorable asked
    asked=$(
        cd "$root" || exit
        cat Directory.* Database/*.csproj MPanel.*/*.csproj MPanel.*/*/*.csproj tests/*/*.csproj ~/.nuget/NuGet/NuGet.Config 2>/dev/null | cksum
    )" ${MPANEL_NUGET_SOURCE:-}"
    if [[ -e $answer && $(head -n 1 "$answer") == "$asked" ]]; then
        [[ $(tail -n 1 "$answer") == yes ]] && return 0
        [[ -z $(find "$answer" -mmin +1440) ]] && return 1
    fi
    take_build_lock
    mkdir -p "$built"
    # What other projects or versions were locked to is no guide any more.
    rm -rf "$built/locks"
    : >"$root/artifacts/restore.log"
    local found=no
    if job_log=$root/artifacts/restore.log as_job timeout 90 "$dotnet" restore "$root/MPanel.Web" -v quiet "${choice[@]}"; then found=yes; fi
    printf '%s\n%s\n' "$asked" "$found" >"$answer"
    [[ $found == yes ]]
}
