# Completion of vmemmap in fish. In ~/.config/fish/config.fish: vmemmap completion fish | source
function __vmemmap_suggest
    set -l line (commandline --cut-at-cursor | string collect)
    set -l program (commandline --tokenize)[1]
    $program '[suggest]' "$line" 2>/dev/null
end
# Files are offered beside what is suggested.
complete --command vmemmap --arguments '(__vmemmap_suggest)'
