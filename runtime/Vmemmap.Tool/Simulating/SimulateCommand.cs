using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vmemmap.Devmap;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using static Vmemmap.Tool.OptionValues;

namespace Vmemmap.Tool;

/// <summary><c>vmemmap simulate</c>.</summary>
internal static class SimulateCommand
{
    private static readonly (string Name, VmemmapMapping Value)[] Mappings = [("pages", VmemmapMapping.BasePages), ("blocks", VmemmapMapping.Blocks)];

    private static readonly (string Name, BreakBeforeMakePolicy Value)[] Policies =
    [
        ("refuse", BreakBeforeMakePolicy.Refuse),
        ("fault-fixup", BreakBeforeMakePolicy.FaultFixUp),
        ("stop-machine", BreakBeforeMakePolicy.StopMachine),
        ("ipi-pause", BreakBeforeMakePolicy.IpiPause),
        ("ignore", BreakBeforeMakePolicy.Ignore),
    ];

    public static Command Create(TextWriter output, TextWriter error)
    {
        var architecture = new Option<string>("--arch") { Description = "The architecture: x86-64, arm64-4k, riscv64-sv48, … [default with --dax and --postcopy: x86-64]", HelpName = "NAME" };
        var memory = new Option<ulong>("--memory") { Description = "Memory of the machine, such as 64G; of the guest with --postcopy. [default there: 2G, or one huge page]", HelpName = "SIZE", CustomParser = One<ulong>("--memory", SimulateValues.TryParseSize, "a size such as 64G, above 0 and below 16E") };
        var hugePages = new Option<HugePageRequest[]>("--hugepages") { Description = "Huge pages of the pool, such as 2M:10240 or 2M:512,1G:4. May be given again.", HelpName = "SIZE:COUNT", CustomParser = ParseHugePages };
        var dax = new Option<ulong>("--dax") { Description = "Plug a DAX device of this size in instead, in every geometry: what its struct pages take.", HelpName = "SIZE", CustomParser = One<ulong>("--dax", SimulateValues.TryParseSize, "a size such as 64G, above 0 and below 16E") };
        var align = new Option<ulong>("--align") { Description = "The device's pages: a huge page size such as 2M or 1G, or the base page.", HelpName = "SIZE", CustomParser = One<ulong>("--align", SimulateValues.TryParseSize, "a size such as 2M, above 0 and below 16E") };
        var layout = new Option<string?>("--layout") { Description = $"How vmemmap is optimized: {string.Join(", ", BuiltInLayout.All.Select(known => known.Name))}. [default: reserve-one]", HelpName = "NAME" };
        var compare = new Option<bool>("--compare") { Description = "Run all layouts that suit the machine, side by side." };
        var nodes = Number("--nodes", "NUMA nodes.", 1);
        var cpus = Number("--cpus", "CPUs.", 4);
        var structPageSize = Number("--struct-page-size", "sizeof(struct page) in bytes.", StructPage.Size);
        var mapping = Choice("--vmemmap", "How vmemmap is mapped at boot: pages or blocks. [default: as the architecture's kernel does]", "HOW", Mappings);
        var policy = Choice("--break-before-make", "What is done where live entries must be broken first (arm64): refuse, fault-fixup, stop-machine, ipi-pause or ignore. [default: refuse]", "HOW", Policies);
        var unbatched = new Option<bool>("--unbatched") { Description = "Optimize and restore huge pages one by one, where the layout has batches." };
        var fail = new Option<double>("--fail-allocations") { Description = "Let allocations of the optimizer fail with this probability, such as 0.01 or 1%.", HelpName = "P", CustomParser = One<double>("--fail-allocations", SimulateValues.TryParseProbability, "a probability from 0 to 1, such as 0.01 or 1%") };
        var seed = new Option<ulong>("--seed") { Description = "Which allocations fail, or which accesses the guest makes: the same seed, the same ones. [default: 0]", HelpName = "N", CustomParser = One<ulong>("--seed", TryParseSeed, "a number from 0 to 2^64 - 1") };
        var json = new Option<bool>("--json") { Description = "Write JSON (docs/simulate-json.md)." };
        var postcopy = new PostcopyOptions();
        postcopy.Complete(architecture);
        architecture.Complete(_ => KnownNames.OfArchitectures);
        hugePages.Complete(context => KnownNames.OfHugePages(context.ParseResult, architecture));
        align.Complete(context => KnownNames.OfPageSizes(context.ParseResult, architecture));
        layout.Complete(_ => KnownNames.OfLayouts);
        mapping.Complete(_ => Mappings.Select(choice => choice.Name));
        policy.Complete(_ => Policies.Select(choice => choice.Name));
        var command = new CommandWithExamples(
            "simulate",
            "Fills and empties a pool of huge pages on a simulated machine: what HVO gives, and what it takes. Or plugs in a DAX device (--dax), or migrates a guest (--postcopy).",
            "vmemmap simulate --arch x86-64 --memory 16G --hugepages 2M:1024",
            "vmemmap simulate --arch x86-64 --memory 16G --hugepages 2M:512,1G:4 --compare",
            "vmemmap simulate --arch arm64-16k --memory 8G --hugepages 32M:64 --break-before-make stop-machine --json",
            "vmemmap simulate --arch riscv64-sv48 --memory 4G --hugepages 2M:256 --fail-allocations 1% --seed 7",
            "vmemmap simulate --dax 16G --align 1G",
            "vmemmap simulate --postcopy --memory 1G --link 25G --fetch 2M,1G",
            "vmemmap simulate --postcopy --arch arm64-4k --huge-page 32M --memory 256M --fetch 4K,64K --no-push")
        {
            architecture, memory, hugePages, dax, align, layout, compare, nodes, cpus, structPageSize, mapping, policy, unbatched, fail, seed, json,
        };
        foreach (Option option in postcopy.All)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(layout) is { Implicit: false } && result.GetResult(compare) is { Implicit: false })
            {
                result.AddError("--layout runs one layout and --compare all of them; give one of the two.");
            }
        });
        Option[] ofPools = [memory, hugePages, layout, compare, nodes, cpus, policy, unbatched, fail, seed];
        Option[] notOfMigrations = [dax, align, hugePages, compare, nodes, cpus, structPageSize, mapping, unbatched, fail];
        command.Validators.Add(result => postcopy.Check(result, notOfMigrations));
        command.Validators.Add(result =>
        {
            if (result.GetResult(postcopy.Postcopy) is not { Implicit: false })
            {
                CheckOptions(result, dax, align, ofPools, [architecture, memory, hugePages]);
            }
        });
        command.SetAction(parsed =>
        {
            if (postcopy.IsIn(parsed))
            {
                PostcopyRequest migration = postcopy.Read(parsed, parsed.GetValue(architecture) ?? X64.Name) with
                {
                    MemoryBytes = parsed.GetValue(memory),
                    Layout = parsed.GetValue(layout) ?? ReserveOne.Name,
                    BreakBeforeMake = parsed.GetValue(policy),
                    Seed = parsed.GetValue(seed),
                };
                return SimulatePostcopy.Execute(migration, postcopy.PictureOf(parsed), parsed.GetValue(json), output, error);
            }

            if (parsed.GetResult(dax) is not null)
            {
                var device = new DaxRequest
                {
                    Architecture = parsed.GetValue(architecture) ?? X64.Name,
                    DeviceBytes = parsed.GetValue(dax),
                    AlignBytes = parsed.GetValue(align),
                    WithStructPagesOnDevice = !parsed.GetValue(json),
                    StructPageSize = parsed.GetValue(structPageSize),
                    VmemmapMapping = parsed.GetValue(mapping),
                };
                return SimulateDax.Execute(device, parsed.GetValue(json), output, error);
            }

            var request = new SimulationRequest
            {
                Architecture = parsed.GetValue(architecture)!,
                MemoryBytes = parsed.GetValue(memory),
                HugePages = parsed.GetValue(hugePages)!,
                Nodes = parsed.GetValue(nodes),
                Cpus = parsed.GetValue(cpus),
                Batched = parsed.GetValue(unbatched) ? false : null,
                StructPageSize = parsed.GetValue(structPageSize),
                VmemmapMapping = parsed.GetValue(mapping),
                BreakBeforeMake = parsed.GetValue(policy),
                FailureProbability = parsed.GetValue(fail),
                Seed = parsed.GetValue(seed),
            };
            return Execute(request, parsed.GetValue(layout), parsed.GetValue(compare), parsed.GetValue(json), output, error);
        });
        return command;
    }

    // A pool of huge pages and a device are two simulations: what one needs the other has no use for.
    private static void CheckOptions(CommandResult result, Option dax, Option align, Option[] ofPools, Option[] required)
    {
        if (!IsGiven(dax))
        {
            if (IsGiven(align))
            {
                result.AddError("--align is the size of a device's pages: give --dax too.");
            }

            foreach (Option option in required.Where(option => !IsGiven(option)))
            {
                result.AddError($"Option '{option.Name}' is required.");
            }

            return;
        }

        if (ofPools.FirstOrDefault(IsGiven) is { } other)
        {
            result.AddError($"--dax plugs a device in, and {other.Name} is of pools of huge pages; give one of the two.");
        }

        if (!IsGiven(align))
        {
            result.AddError("Option '--align' is required with --dax: 2M or 1G, or another page size of the architecture.");
        }

        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
    }

    private static int Execute(SimulationRequest request, string? layout, bool compare, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            var options = new SimulateOptions(request, Layouts(request, layout, compare), compare, json);
            Simulations simulations = Simulations.Run(options);
            if (json)
            {
                WriteJson(simulations, output);
            }
            else
            {
                SimulateText.Write(options, simulations, output);
            }

            return Judge(request, simulations, error);
        }
        catch (SimulationRefusedException exception)
        {
            // A name with a line break in it is repeated in the message, and the message is one line.
            error.WriteLine($"vmemmap: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.BadInput;
        }
    }

    // What no correct kernel does is a mistake of this program, unless it was asked for.
    private static int Judge(SimulationRequest request, Simulations simulations, TextWriter error)
    {
        if (request.BreakBeforeMake == BreakBeforeMakePolicy.Ignore || simulations.All.FirstOrDefault(run => run.ViolationCount > 0) is not { } broken)
        {
            return ExitCode.Success;
        }

        error.WriteLine($"vmemmap: internal failure, please report it: {broken.Layout.Name}: {broken.ViolationCount} violations, the first: {broken.FirstViolation}");
        return ExitCode.Failure;
    }

    private static IReadOnlyList<BuiltInLayout> Layouts(SimulationRequest request, string? name, bool compare)
    {
        if (!compare)
        {
            string wanted = name ?? ReserveOne.Name;
            return [BuiltInLayout.Find(wanted) ?? throw new SimulationRefusedException(
                $"There is no layout '{wanted}'; there are {string.Join(", ", BuiltInLayout.All.Select(known => known.Name))}.")];
        }

        bool blocks = Architectures.Find(request.Architecture) is { MapsVmemmapByBlocks: true } && request.VmemmapMapping != VmemmapMapping.BasePages;
        return [.. BuiltInLayout.All.Where(layout => !layout.NeedsBasePages || !blocks)];
    }

    private static void WriteJson(Simulations simulations, TextWriter output)
    {
        var context = new SimulationResultJson(new JsonSerializerOptions(SimulationResultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        IReadOnlyList<SimulationResult> results = [.. simulations.Optimized.SelectMany(SimulationResult.Of)];
        output.Write(JsonSerializer.Serialize(results, context.IReadOnlyListSimulationResult));
        output.Write('\n');
    }

    private static HugePageRequest[]? ParseHugePages(ArgumentResult result)
    {
        var all = new List<HugePageRequest>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!SimulateValues.TryParseHugePages(text, out HugePageRequest pages))
            {
                result.AddError($"--hugepages: '{text}' is not a size and a count above 0 and below 2^63, such as 2M:10240.");
                return null;
            }

            all.Add(pages);
        }

        return [.. all];
    }

    private static bool TryParseSeed(string text, out ulong seed) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
