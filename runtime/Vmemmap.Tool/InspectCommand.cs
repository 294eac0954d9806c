using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary><c>vmemmap inspect FILE</c>.</summary>
internal static class InspectCommand
{
    private const int MostCharacters = 1 << 20;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var file = new Argument<string>("FILE") { Description = "ELF core of a machine's memory (QEMU dump-guest-memory, virsh dump --memory-only, vmcore), plain or gzip." };
        var json = new Option<bool>("--json") { Description = "Write JSON (docs/inspect-json.md)." };
        var pages = new Option<bool>("--pages") { Description = "List each huge page." };
        var page = Number("--page", "PFN", "Draw the huge page that holds this PFN: struct pages and the page frames behind them.", NumberText.TryParsePfn, "a PFN, decimal or 0x…");
        var address = Number("--address", "VA", "Tell what is at this kernel address, and what a write to it does.", NumberText.TryParseAddress, "a hexadecimal address");
        var tables = new Option<string?>("--tables") { Description = "Read the page-table architectures from this .pagetables.xml file.", HelpName = "FILE" };
        var architecture = new Option<string?>("--architecture") { Description = "Walk the tables as this architecture's instead of detecting it.", HelpName = "NAME" };
        var vmcoreinfo = new Option<string?>("--vmcoreinfo") { Description = "Read VMCOREINFO from this text file instead of the image.", HelpName = "FILE" };
        var root = Number("--root", "PA", "Physical address of the kernel's root table, instead of the one VMCOREINFO leads to.", NumberText.TryParseAddress, "a hexadecimal address");
        var verbose = new Option<bool>("--verbose") { Description = "Name the source of each fact." };
        architecture.Complete(context => TablesOf(context.ParseResult, tables) is { } own ? KnownNames.NamesOf(own) : KnownNames.OfArchitectures);
        var command = new CommandWithExamples(
            "inspect",
            "Reads a memory image: huge pages, what HVO freed, what it could not and why.",
            "vmemmap inspect guest.core.gz",
            "vmemmap inspect guest.core.gz --json --pages",
            "vmemmap inspect guest.core.gz --page 0x140a41",
            "vmemmap inspect guest.core.gz --address 0xfffff15f85029040",
            "vmemmap inspect guest.core.gz --tables mine.pagetables.xml")
        {
            file, json, pages, page, address, tables, architecture, vmcoreinfo, root, verbose,
        };
        command.Validators.Add(result =>
        {
            if (new SymbolResult?[] { result.GetResult(file), result.GetResult(tables), result.GetResult(vmcoreinfo) }
                .Any(path => path is { Tokens: [{ Value.Length: 0 }] }))
            {
                result.AddError("A path is empty; give the name of a file.");
            }

            if (result.GetResult(file) is { Tokens: [{ Value: string name }] } && UnknownWord.IsOption(name))
            {
                result.AddError($"{UnknownWord.OfOption(name, result)} A file of that name is written './{name}'.");
            }

            // GetValue would run the parsers again, and throw where they have already reported.
            if (new Option[] { json, page, address }.Count(option => result.GetResult(option) is { Implicit: false }) > 1)
            {
                result.AddError("--json, --page and --address are different reports; give one of them.");
            }
        });
        command.SetAction(parsed => Execute(
            new InspectOptions(
                parsed.GetValue(file)!,
                parsed.GetValue(json),
                parsed.GetValue(pages),
                parsed.GetValue(page),
                parsed.GetValue(address),
                parsed.GetValue(tables),
                parsed.GetValue(architecture),
                parsed.GetValue(vmcoreinfo),
                parsed.GetValue(root),
                parsed.GetValue(verbose)),
            output,
            error));
        return command;
    }

    private static int Execute(InspectOptions options, TextWriter output, TextWriter error)
    {
        try
        {
            var progress = new StandardErrorProgress(error);
            using KernelImage kernel = KernelImage.Open(options.File, ImageOptions(options, progress));
            Write(kernel, options, output, progress);
            return ExitCode.Success;
        }
        catch (ImageFormatException exception)
        {
            error.WriteLine($"vmemmap: {exception.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception exception) when (exception is PageTableException or VmcoreinfoFileException)
        {
            // One line for each mistake, in the form that editors and build logs link to its place.
            foreach (string line in exception.Message.Split('\n'))
            {
                error.WriteLine(OneLine.Of(line));
            }

            return ExitCode.BadInput;
        }
    }

    private static void Write(KernelImage kernel, InspectOptions options, TextWriter output, StandardErrorProgress progress)
    {
        if (options.Address is { } address)
        {
            AddressText.Write(kernel, AddressTriage.Of(kernel, address, progress), output);
            return;
        }

        CensusResult census = kernel.TakeCensus(progress);
        if (options.Page is { } pfn)
        {
            HugePagePicture picture = HugePagePicture.Of(kernel, census, pfn)
                ?? throw new ImageFormatException(kernel.Path, $"PFN {NumberText.Hex(pfn)} is in no HugeTLB page; --pages lists those there are");
            PagePictureText.Write(kernel, picture, output);
            return;
        }

        InspectReport report = InspectReportBuilder.Build(kernel, census, options.Pages);
        if (options.Json)
        {
            WriteJson(report, output);
        }
        else
        {
            InspectText.Write(kernel, census, report, options, output);
        }
    }

    private static void WriteJson(InspectReport report, TextWriter output)
    {
        // "+" and "…" stay readable: this is no HTML.
        var context = new InspectReportJson(new JsonSerializerOptions(InspectReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        output.Write(JsonSerializer.Serialize(report, context.InspectReport));
        output.Write('\n');
    }

    private static KernelImageOptions ImageOptions(InspectOptions options, StandardErrorProgress progress) => new()
    {
        Architectures = options.Tables is { } tables ? [.. TableWalker.Parse(ReadText(tables), tables)] : null,
        ArchitectureName = options.Architecture,
        Vmcoreinfo = options.Vmcoreinfo is { } info ? VmcoreinfoFile.Read(info, "--vmcoreinfo") : null,
        RootTable = options.Root,
        Progress = progress,
    };

    // For a shell that completes a name while the line is unfinished: a file that cannot be used has no names.
    private static IReadOnlyList<Architecture>? TablesOf(ParseResult parsed, Option<string?> tables)
    {
        if (parsed.GetResult(tables) is not { Tokens: [{ Value: string path }] })
        {
            return null;
        }

        try
        {
            return [.. TableWalker.Parse(ReadText(path), path)];
        }
        catch (Exception exception) when (exception is ImageFormatException or PageTableException)
        {
            return [];
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            // The reader of tables refuses what is longer, and says so.
            char[] text = new char[MostCharacters + 1];
            using var file = new StreamReader(path);
            return new string(text, 0, file.ReadBlock(text));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageFormatException(path, $"cannot be read: {exception.Message}");
        }
    }

    private delegate bool TryParse(string text, out ulong value);

    private static Option<ulong?> Number(string name, string help, string description, TryParse parse, string form) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (parse(text, out ulong value))
            {
                return value;
            }

            result.AddError($"{name}: '{text}' is not {form}.");
            return null;
        },
    };
}
