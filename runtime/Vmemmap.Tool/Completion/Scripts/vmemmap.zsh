#compdef vmemmap
# Completion of vmemmap in zsh. In ~/.zshrc, after compinit: source <(vmemmap completion zsh)
_vmemmap() {
  local -a suggestions
  suggestions=(${(f)"$("${words[1]}" '[suggest]' "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
  if (( ${#suggestions} == 0 )); then
    # Where nothing is suggested a file is wanted.
    _files
  elif [[ ${suggestions[1]} == *: ]]; then
    # A size is half of what is wanted: its count follows the colon.
    compadd -S '' -- $suggestions
  else
    compadd -- $suggestions
  fi
}
compdef _vmemmap vmemmap
