using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Vmemmap.HighGranularity;
using static Vmemmap.Tool.OptionValues;

namespace Vmemmap.Tool;

/// <summary>The options that <c>vmemmap simulate --postcopy</c> has for itself.</summary>
internal sealed class PostcopyOptions
{
    private const string TimeForm = "a time with its unit, such as 500ns, 25us, 1.5ms or 2s";
    private static readonly PostcopyRequest Usual = new() { Architecture = X64.Name };

    private static readonly (string Name, AccessPattern Value)[] Patterns =
        [("uniform", AccessPattern.Uniform), ("hot", AccessPattern.Hot), ("sequential", AccessPattern.Sequential)];

    private readonly Option<bool> _postcopy = new("--postcopy") { Description = "Replay a post-copy migration of a guest on huge pages instead, fetched in several sizes: what high-granularity mapping is for." };
    private readonly Option<ulong> _hugePage = new("--huge-page") { Description = "The guest's huge pages. [default: the architecture's largest]", HelpName = "SIZE", CustomParser = One<ulong>("--huge-page", SimulateValues.TryParseSize, "a size such as 1G, above 0 and below 16E") };
    private readonly Option<ulong[]> _fetch = new("--fetch") { Description = "Fetch and map memory in pieces of this size: the base page, or a huge page size. May be given again. [default: three sizes, such as 4K, 2M and 1G]", HelpName = "SIZE", CustomParser = ParseSizes };
    private readonly Option<int> _virtualCpus = new("--vcpus") { Description = "vCPUs of the guest.", HelpName = "N", DefaultValueFactory = _ => Usual.VirtualCpus, CustomParser = One<int>("--vcpus", TryParseVirtualCpus, "a number from 1 to 256") };
    private readonly Option<AccessPattern> _accesses = Choice("--accesses", "Where the guest's accesses go: uniform (any page), hot (nine of ten to a tenth of the pages) or sequential. [default: uniform]", "HOW", Patterns);
    private readonly Option<double?> _interval = Time("--access-interval", "Time from one access of a vCPU to its next. [default: 10us]", above: true);
    private readonly Option<long?> _link = new("--link") { Description = "Bits that the link carries in a second, such as 25G. [default: 100G]", HelpName = "SPEED", CustomParser = result => One<long>("--link", LinkSpeed.TryParse, "a speed in bits a second above 0 and below 2^63, such as 100G or 400M")(result) };
    private readonly Option<double?> _latency = Time("--latency", "Time from one end of the link to the other. [default: 25us]");
    private readonly Option<bool> _noPush = new("--no-push") { Description = "Send only what is asked for." };
    private readonly Option<double?> _duration = Time("--duration", "With --no-push: how long the guest runs. [default: as long as the link takes for its memory]", above: true);
    private readonly Option<string?> _svg = new("--svg") { Description = "Write the waits and the vCPUs that run as a picture.", HelpName = "FILE" };

    /// <summary>Options that belong to it alone, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_postcopy, _hugePage, _fetch, _virtualCpus, _accesses, _interval, _link, _latency, _noPush, _duration, _svg];

    /// <summary>The option that asks for it.</summary>
    public Option Postcopy => _postcopy;

    /// <summary>The file of the picture, if one is wanted.</summary>
    public string? PictureOf(ParseResult parsed) => parsed.GetValue(_svg);

    /// <summary>Whether it is asked for.</summary>
    public bool IsIn(ParseResult parsed) => parsed.GetValue(_postcopy);

    /// <summary>Completes values.</summary>
    public void Complete(Option<string> architecture)
    {
        _hugePage.Complete(context => KnownNames.OfPageSizes(context.ParseResult, architecture));
        _fetch.Complete(context => KnownNames.OfPieces(context.ParseResult, architecture));
        _accesses.Complete(_ => Patterns.Select(pattern => pattern.Name));
    }

    /// <summary>The migration that a command line asks for, without what it shares with other simulations.</summary>
    public PostcopyRequest Read(ParseResult parsed, string architecture) => Usual with
    {
        Architecture = architecture,
        HugePageBytes = parsed.GetValue(_hugePage),
        FetchBytes = parsed.GetValue(_fetch) ?? [],
        VirtualCpus = parsed.GetValue(_virtualCpus),
        Accesses = parsed.GetValue(_accesses),
        AccessInterval = parsed.GetValue(_interval) ?? Usual.AccessInterval,
        BitsPerSecond = parsed.GetValue(_link) ?? Usual.BitsPerSecond,
        Latency = parsed.GetValue(_latency) ?? Usual.Latency,
        Push = !parsed.GetValue(_noPush),
        Duration = parsed.GetValue(_duration) ?? 0,
    };

    /// <summary>Adds what is wrong with the options: those of other simulations with it, its own without it.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="others">Options that other simulations alone have.</param>
    public void Check(CommandResult result, IEnumerable<Option> others)
    {
        if (!IsGiven(_postcopy))
        {
            if (All.FirstOrDefault(IsGiven) is { } own)
            {
                result.AddError($"{own.Name} is of post-copy migrations: give --postcopy too.");
            }

            return;
        }

        if (others.FirstOrDefault(IsGiven) is { } other)
        {
            result.AddError($"--postcopy replays a migration, and {other.Name} is of another simulation; give one of the two.");
        }

        if (IsGiven(_duration) && !IsGiven(_noPush))
        {
            result.AddError("--duration is for --no-push: where memory is pushed, the replay ends when all of it is there.");
        }

        if (IsGiven(_svg) && result.GetValue(_svg) is "" or "-")
        {
            result.AddError($"--svg: '{result.GetValue(_svg)}' is not the name of a file, and standard output is for the report; give a name such as migration.svg.");
        }

        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
    }

    // null where it is not given: 0 is a time.
    private static Option<double?> Time(string name, string description, bool above = false) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            bool hasUnit = !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
            bool isTime = TimeText.TryParse(text, out double nanoseconds);
            string? wrong = above && (isTime ? nanoseconds == 0 : !hasUnit && number == 0) ? "is no time: give one above 0, such as 10us."
                : !hasUnit ? $"has no unit; give it as {text}ns, {text}us, {text}ms or {text}s."
                : !isTime ? $"is not {TimeForm}."
                : null;
            if (wrong is not null)
            {
                result.AddError($"{name}: '{text}' {wrong}");
                return null;
            }

            return nanoseconds;
        },
    };

    private static bool TryParseVirtualCpus(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 256;

    private static ulong[]? ParseSizes(ArgumentResult result)
    {
        var sizes = new List<ulong>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!SimulateValues.TryParseSize(text, out ulong bytes))
            {
                result.AddError($"--fetch: '{text}' is not a size such as 4K, above 0 and below 16E.");
                return null;
            }

            sizes.Add(bytes);
        }

        return [.. sizes];
    }
}
