# SPDX-License-Identifier: Apache-2.0
_iocpsim() {
    local word=${COMP_WORDS[COMP_CWORD]}
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "check diff help render run schema stats test version why" -- "$word"))
        return
    fi
    case ${COMP_WORDS[COMP_CWORD-1]} in
    --example) COMPREPLY=($(compgen -W "$(iocpsim help examples 2>/dev/null | sed -n "s/^  //p" | cut -d" " -f1)" -- "$word")); return ;;
    --as) COMPREPLY=($(compgen -W "text dot svg chrome perfetto mermaid jsonl trace" -- "$word")); return ;;
    help) COMPREPLY=($(compgen -W "steps records why claims presets errors names examples options" -- "$word")); return ;;
    esac
    case ${COMP_WORDS[1]} in
    check) COMPREPLY=($(compgen -f -W "--json --help" -- "$word")) ;;
    diff) COMPREPLY=($(compgen -f -W "--json --variant --with-variant --set --with-set --seed --with-seed --until --example --help" -- "$word")) ;;
    help) COMPREPLY=($(compgen -f -W "--help" -- "$word")) ;;
    render) COMPREPLY=($(compgen -f -W "--as -o --width --height --font-size --pages --dark --from --to --operation --structure --waits --at --summary --statistics --with --with-variant --with-set --with-seed --variant --set --seed --until --example --help" -- "$word")) ;;
    run) COMPREPLY=($(compgen -f -W "--trace --seed --set --variant --all --until --example --quiet --follow --json --help" -- "$word")) ;;
    schema) COMPREPLY=($(compgen -f -W "--help" -- "$word")) ;;
    stats) COMPREPLY=($(compgen -f -W "--json --variant --set --seed --until --example --help" -- "$word")) ;;
    test) COMPREPLY=($(compgen -f -W "--variant --set --bless --estimates --help" -- "$word")) ;;
    version) COMPREPLY=($(compgen -f -W "--help" -- "$word")) ;;
    why) COMPREPLY=($(compgen -f -W "--json --variant --set --seed --until --example --help" -- "$word")) ;;
    esac
}
complete -o filenames -F _iocpsim iocpsim
