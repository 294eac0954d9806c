using Vmemmap.HugeTlb;
using Vmemmap.Tool.Tests.RealImages;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>What shells are told, and that they take it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("vmemmap ", "--help --version completion inspect simulate")]
    [InlineData("/usr/bin/vmemmap ins", "inspect")]
    [InlineData("vmemmap inspect ", "")]
    [InlineData("vmemmap inspect tests/f", "")]
    [InlineData("vmemmap inspect --v", "--verbose --vmcoreinfo")]
    [InlineData("vmemmap inspect image --json --arch", "--architecture")]
    [InlineData("vmemmap inspect image --tables ", "")]
    [InlineData("vmemmap inspect image --architecture arm64-16k-", "arm64-16k-va36 arm64-16k-va47 arm64-16k-va48 arm64-16k-va52")]
    [InlineData("vmemmap inspect image --architecture=risc", "--architecture=riscv64-sv39 --architecture=riscv64-sv48 --architecture=riscv64-sv57")]
    [InlineData("vmemmap inspect image --tables no-such-file --architecture ", "")]
    [InlineData("vmemmap simulate --layout reserve-two", "reserve-two reserve-two-posted")]
    [InlineData("vmemmap simulate --layout=s", "--layout=shared-tail")]
    [InlineData("vmemmap simulate --vmemmap ", "blocks pages")]
    [InlineData("vmemmap simulate --break-before-make ", "fault-fixup ignore ipi-pause refuse stop-machine")]
    [InlineData("vmemmap simulate --arch x86-64 --hugepages ", "1G: 2M:")]
    [InlineData("vmemmap simulate --arch arm64-64k --hugepages ", "16G: 2M: 512M:")]
    [InlineData("vmemmap simulate --arch nonsense --hugepages 6", "64K:")]
    [InlineData("vmemmap completion ", "bash fish pwsh zsh")]
    [InlineData("vmemmap completion z", "zsh")]
    [InlineData("vmemmap nonsense --", "--help --version")]
    [InlineData("vmemmap inspect image --json --pages --", "--address --architecture --help --page --root --tables --verbose --vmcoreinfo")]
    [InlineData("vmemmap simulate --hugepages 2M:1 --huge", "--huge-page --hugepages")]
    [InlineData("vmemmap inspect image --nodes", "")]
    [InlineData("vmemmap", "--help --version completion inspect simulate")]
    [InlineData("", "--help --version completion inspect simulate")]
    public void Suggestions_AreWhatMayStandThere(string line, string suggestions) =>
        Assert.Equal(suggestions, string.Join(' ', Suggest(line)));

    [Fact]
    public void Architectures_AreAll() => Assert.Equal(
        Architectures.BuiltIn.SelectMany(a => (string[])[a.Name, a.Alias]).Where(name => name.Length > 0).Order(StringComparer.Ordinal),
        Suggest("vmemmap simulate --arch ").Order(StringComparer.Ordinal));

    [Fact]
    public void Layouts_AreAll() => Assert.Equal(
        BuiltInLayout.All.Select(layout => layout.Name).Order(StringComparer.Ordinal), Suggest("vmemmap simulate --layout ").Order(StringComparer.Ordinal));

    /// <summary>A table of the user's own has its own names.</summary>
    [Fact]
    public void ArchitecturesOfATable_AreItsOwn() => Assert.Equal(
        ["x86-64", "x86-64-la57"], Suggest($"vmemmap inspect image --tables {Fixture.Table("x86-64")} --architecture ").Order(StringComparer.Ordinal));

    /// <summary>However unfinished the line is: a shell must never be answered with an error.</summary>
    [Theory]
    [InlineData("vmemmap inspect image --page 0x140a41 --json --tables a.xml --architecture=arm64-16k --root=0x1 --vmcoreinfo \"a b\" -- -x")]
    [InlineData("vmemmap simulate --arch=x86-64 --memory 4G --hugepages 2M:1,1G:2 --fail-allocations 1% --nodes -1 --layout = --cpus= --compare=yes")]
    [InlineData("vmemmap   [suggest] 'x\" \\ --help -h --version completion bash zsh \t --")]
    public void Suggestions_OfEveryBeginning_AreNoFailure(string line)
    {
        for (int length = 0; length <= line.Length; length++)
        {
            ToolRun run = ToolRun.Of("[suggest]", line[..length]);
            Assert.True(run.ExitCode == 0, $"{line[..length]}: {run.Error}");
            Assert.Empty(run.Error);
        }
    }

    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "compdef ")]
    [InlineData("fish", "complete ")]
    [InlineData("pwsh", "Register-ArgumentCompleter ")]
    public void Script_RegistersItselfAndAsksTheTool(string shell, string registration)
    {
        ToolRun run = ToolRun.Of("completion", shell);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(registration, run.Output);
        Assert.Contains("'[suggest]'", run.Output);
        Assert.DoesNotContain('\r', run.Output);
    }

    /// <summary>As bash would: the function is called with the line, the cursor and the words that readline splits.</summary>
    [ProgramFact("bash")]
    public async Task Bash_CompletesWithTheScript()
    {
        ToolProcess run = await ToolProcess.BashAsync(
            """
            source <(vmemmap completion bash)
            ask() { # line, words...
              COMP_LINE=$1 COMP_POINT=${#1}
              shift
              COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
              _vmemmap
              echo "${COMPREPLY[*]}"
            }
            complete -p vmemmap
            ask 'vmemmap si' vmemmap si
            ask 'vmemmap inspect ' vmemmap inspect ''
            ask 'vmemmap simulate --layout s' vmemmap simulate --layout s
            ask 'vmemmap simulate --arch=x' vmemmap simulate --arch = x
            ask 'vmemmap simulate --layout=' vmemmap simulate --layout =
            ask 'vmemmap simulate --arch riscv64-sv39 --hugepages 6' vmemmap simulate --arch riscv64-sv39 --hugepages 6
            ask 'vmemmap inspect image --arch' vmemmap inspect image --arch
            """);
        Assert.Equal(
            """
            complete -o bashdefault -o default -F _vmemmap vmemmap
            simulate

            shared-tail
            x86-64 x86-64-la57
            reserve-one reserve-one-kept-head reserve-two reserve-two-posted shared-tail
            64K:
            --architecture

            """.ReplaceLineEndings("\n"),
            run.Output);
        Assert.Empty(run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    /// <summary>The whole way: keys into an interactive bash on a terminal, of which readline makes a command.</summary>
    [ProgramFact("bash", "script", "stty")]
    public async Task Bash_CompletesKeys()
    {
        ToolProcess run = await ToolProcess.BashAsync(
            $$"""
            rc=$(mktemp)
            trap 'rm -f "$rc"' EXIT
            # The tool has to be a program here: what runs is "vmemmap" as the completion calls it.
            declare -f vmemmap >"$rc"
            vmemmap completion bash >>"$rc"
            echo "PS1=; set +o history" >>"$rc"
            printf '%s\n' $'vmemmap comple\tfis\t| head -1' exit | script -qec "bash --noprofile --rcfile $rc -i" /dev/null
            """,
            ("TERM", "dumb"));
        Assert.Contains("# Completion of vmemmap in fish.", run.Output);
    }

    [ProgramFact("shellcheck")]
    public async Task BashScript_IsCleanForShellcheck()
    {
        ToolProcess run = await ToolProcess.BashAsync("vmemmap completion bash | shellcheck --shell=bash -");
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [ProgramFact("zsh")]
    public async Task ZshScript_IsRead()
    {
        ToolProcess run = await ToolProcess.BashAsync("script=$(mktemp); vmemmap completion zsh >$script; zsh -fc \"autoload -U compinit; compinit -D; source $script; print \\$_comps[vmemmap]\"; rm $script");
        Assert.Equal("_vmemmap", run.Output.Trim());
    }

    [ProgramFact("fish")]
    public async Task Fish_CompletesWithTheScript()
    {
        ToolProcess run = await ToolProcess.BashAsync(
            $"""
            script=$(mktemp)
            vmemmap completion fish >$script
            fish --no-config -c "function vmemmap; '{ToolProcess.Host}' exec '{ToolProcess.Assembly}' \$argv; end; source $script; complete -C 'vmemmap simulate --layout s'"
            rm $script
            """);
        Assert.Contains("shared-tail", run.Output);
    }

    private static string[] Suggest(string line)
    {
        ToolRun run = ToolRun.Of("[suggest]", line);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
