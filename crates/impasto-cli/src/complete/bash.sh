_impasto_complete_@NAME@() {
    # Readline ends words at `:` and `=`, which are in the middle of ours: they are put together again.
    local rest=${COMP_LINE:0:COMP_POINT} words=() word blank i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank=${rest%%[![:space:]]*}
        rest=${rest#"$blank"}
        if ((i == COMP_CWORD)); then word=$rest; else word=${COMP_WORDS[i]}; fi
        rest=${rest#"$word"}
        if ((i == 0)) || [[ -n $blank ]]; then
            words+=("$word")
        else
            words[${#words[@]}-1]+=$word
        fi
    done
    local current=${words[${#words[@]}-1]} breaks= before= found=() candidate
    # What of the current word is no part of it for readline.
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+==
    if [[ -n $breaks && $current == *[$breaks]* ]]; then
        before=${current%"${current##*[$breaks]}"}
    fi
    for i in "${!words[@]}"; do
        word=${words[i]//\\/}
        words[i]=${word//[\"\']/}
    done
    while IFS= read -r candidate || [[ -n $candidate ]]; do
        candidate=${candidate#"$before"}
        # Within quotes, readline sees to what is in need of them.
        [[ $current == [\"\']* ]] || printf -v candidate %q "$candidate"
        found+=("$candidate")
    done < <(_CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) @VARIABLE@=bash \
        @PROGRAM@ -- "${words[@]}" 2> /dev/null)
    COMPREPLY=("${found[@]}")
    if ((${#found[@]} == 1)) && [[ ${found[0]} == *[=/:] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
if ((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4)); then
    complete -o bashdefault -o nosort -F _impasto_complete_@NAME@ @BINARY@
else
    complete -o bashdefault -F _impasto_complete_@NAME@ @BINARY@
fi
