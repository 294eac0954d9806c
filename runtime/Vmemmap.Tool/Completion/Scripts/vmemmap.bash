# Completion of vmemmap in bash. In ~/.bashrc: source <(vmemmap completion bash)
_vmemmap() {
  local line=${COMP_LINE:0:COMP_POINT} suggestion
  local word=${line##* } typed=${COMP_WORDS[COMP_CWORD]}
  # For bash "--arch=x" and "2M:1" are several words, and it completes the last of them.
  if [[ $typed == [=:] ]]; then
    typed=
  fi
  local before=${word%"$typed"}
  COMPREPLY=()
  while IFS= read -r suggestion; do
    COMPREPLY+=("${suggestion#"$before"}")
  done < <("${COMP_WORDS[0]}" '[suggest]' "$line" 2>/dev/null)
  # A size is half of what is wanted: its count follows the colon.
  if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *: ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
# Where nothing is suggested a file is wanted.
complete -o bashdefault -o default -F _vmemmap vmemmap
