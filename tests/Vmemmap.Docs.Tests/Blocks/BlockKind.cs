using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>What a block is, by its info string; each kind has one test class that answers for it.</summary>
internal enum BlockKind
{
    /// <summary>None of them: nobody would look whether it is true.</summary>
    Unknown,

    /// <summary>```csharp, ```csharp members, ```csharp run: compiled, and run.</summary>
    Code,

    /// <summary>```csharp from=path, ```csharp generated=X64: lines that occur there.</summary>
    Excerpt,

    /// <summary>```xml pagetables: a table.</summary>
    Table,

    /// <summary>```xml msbuild: a project, or a part of one.</summary>
    Project,

    /// <summary>```sh: lines of the command vmemmap, run here.</summary>
    Command,

    /// <summary>```sh readme-commands, ```sh package, ```sh sample: run by .ci/run, tests/Vmemmap.Package.Tests and tests/Vmemmap.Samples.Tests.</summary>
    RunElsewhere,

    /// <summary>```sh by-hand: minutes long, or for a machine that is not here; what it names must exist.</summary>
    ByHand,

    /// <summary>```text, ```json, ```msbuild-output, ```text generated-files: what the block before gives.</summary>
    Output,

    /// <summary>```text tree: files and folders, each with a few words.</summary>
    Tree,

    /// <summary>```ini: severities in an .editorconfig or a .globalconfig.</summary>
    Severities,
}

internal static class BlockKinds
{
    public static BlockKind KindOf(Block block) => (block.Language, block.Kind) switch
    {
        ("csharp", "") when block.Settings.ContainsKey("from") || block.Settings.ContainsKey("generated") => BlockKind.Excerpt,
        ("csharp", "" or "members" or "run") => BlockKind.Code,
        ("xml", "pagetables") => BlockKind.Table,
        ("xml", "msbuild") => BlockKind.Project,
        ("sh", "") => BlockKind.Command,
        ("sh", "readme-commands" or "package" or "sample") => BlockKind.RunElsewhere,
        ("sh", "by-hand") => BlockKind.ByHand,
        ("text" or "json" or "msbuild-output", "") => BlockKind.Output,
        ("text", "generated-files") => BlockKind.Output,
        ("text", "tree") => BlockKind.Tree,
        ("ini", "") => BlockKind.Severities,
        _ => BlockKind.Unknown,
    };

    /// <summary>Blocks of a kind for a theory.</summary>
    public static TheoryData<string, int> Of(BlockKind kind) => AllPages.Where(b => KindOf(b) == kind);

    /// <summary>What the page shows as this block's output; null if it shows none.</summary>
    public static Block? OutputOf(Block block) =>
        AllPages.Of(block.Page).After(block) is { } next && KindOf(next) == BlockKind.Output ? next : null;
}
