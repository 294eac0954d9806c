using System.Globalization;
using System.Security;
using System.Text;
using Vmemmap.HighGranularity;

namespace Vmemmap.Tool;

/// <summary>
/// A post-copy migration as an SVG: how long accesses waited, and how many vCPUs ran, a line for each size. Legible on light and dark
/// grounds; no script; the same run, the same bytes.
/// </summary>
internal static class PostcopyPicture
{
    private const int Width = 880;
    private const int Height = 424;

    // Points of a distribution: enough for a line of this width.
    private const int Steps = 200;

    private static readonly PlotArea Left = new(64, 64, 352, 264);
    private static readonly PlotArea Right = new(496, 64, 352, 264);

    /// <summary>Draws it.</summary>
    public static string Draw(PostcopyRun run)
    {
        PostcopyFigures[] lines = [.. run.Figures.Where(figures => !figures.CollapsesAutomatically)];
        var svg = new StringBuilder();
        Begin(svg, run, lines);
        DrawWaits(svg, lines);
        DrawRunning(svg, lines, run.Request.Push);
        DrawLegend(svg, run, lines);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static void Begin(StringBuilder svg, PostcopyRun run, PostcopyFigures[] lines)
    {
        string sizes = string.Join(", ", lines.Select(figures => NumberText.Size(figures.FetchBytes)));
        string firsts = string.Join("; ", lines.Select(figures =>
            $"fetched by {NumberText.Size(figures.FetchBytes)}: first access after {TimeText.Of(figures.FirstAccess)}, "
            + $"half of the waits up to {TimeText.Of(figures.Stalls.Median)}, the longest {TimeText.Of(figures.Stalls.Longest)}"));
        string title = $"Post-copy migration of {NumberText.Size((long)run.Request.MemoryBytes)} over {LinkSpeed.Of(run.Request.BitsPerSecond)}, fetched by {sizes}";
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img" aria-labelledby="title desc">
              <title id="title">{SecurityElement.Escape(title)}</title>
              <desc id="desc">{SecurityElement.Escape(firsts)}.</desc>
              <style>
                text {"{"} font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Arial, sans-serif; fill: #1f2328; {"}"}
                .small {"{"} font-size: 12px; fill: #59636e; {"}"}
                .title {"{"} font-size: 14px; font-weight: bold; {"}"}
                .ground {"{"} fill: #ffffff; stroke: #d0d7de; {"}"}
                .axis {"{"} fill: none; stroke: #8c959f; {"}"}
                .grid {"{"} fill: none; stroke: #e4e8ec; {"}"}
                .line {"{"} fill: none; stroke-width: 2; stroke-linejoin: round; {"}"}
                {Colours(["#1f5fc4", "#b4540a", "#1a7f37", "#8250df", "#a4263c", "#0b7285"])}
                @media (prefers-color-scheme: dark) {"{"}
                  text {"{"} fill: #d6dbe4; {"}"}
                  .small {"{"} fill: #9aa6b5; {"}"}
                  .ground {"{"} fill: #151b24; stroke: #3a4453; {"}"}
                  .axis {"{"} stroke: #6b7787; {"}"}
                  .grid {"{"} stroke: #262f3c; {"}"}
                  {Colours(["#7fb2ff", "#e8b65a", "#6cc784", "#c4a5ff", "#ff8fa0", "#66cfe0"])}
                {"}"}
              </style>
              <rect class="ground" x="0.5" y="0.5" width="{Width - 1}" height="{Height - 1}" rx="6" />

            """);
    }

    private static string Colours(string[] colours) =>
        string.Join(' ', colours.Select((colour, i) => $".s{i} {{ stroke: {colour}; }} .t{i} {{ fill: {colour}; }}"));

    // The horizontal axis is logarithmic: sizes differ by decades.
    private static void DrawWaits(StringBuilder svg, PostcopyFigures[] lines)
    {
        double[] shortest = [.. lines.Where(figures => figures.Stalls.Count > 0).Select(figures => figures.StallNanoseconds[0])];
        double longest = lines.Max(figures => figures.Stalls.Longest);
        int first = shortest.Length == 0 ? 3 : (int)Math.Floor(Math.Log10(Math.Max(1, shortest.Min())));
        int last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(Math.Max(1, longest))));
        Frame(svg, Left, "how long accesses wait", "share of the waits that are no longer than that", "length of the wait");
        for (int decade = first; decade <= last; decade++)
        {
            Vertical(svg, Left, (double)(decade - first) / (last - first), TimeText.Exact(Math.Pow(10, decade)));
        }

        IReadOnlyList<(double X, double Y)>[] curves = [.. lines.Select(_ => Array.Empty<(double, double)>())];
        for (int i = 0; i < lines.Length; i++)
        {
            IReadOnlyList<double> waits = lines[i].StallNanoseconds;
            if (waits.Count == 0)
            {
                continue;
            }

            var points = new List<(double X, double Y)> { (X(waits[0]), 0) };
            for (int step = 1; step <= Steps; step++)
            {
                long rank = Math.Max(1, (long)Math.Ceiling((double)step / Steps * waits.Count));
                points.Add((X(waits[(int)rank - 1]), (double)rank / waits.Count));
            }

            curves[i] = Left.Curve(points, stepped: waits.Count < Steps);
            Line(svg, curves[i], i);
        }

        string[] names = [.. lines.Select(figures => NumberText.Size(figures.FetchBytes))];
        foreach ((int series, double x, double y) in LabelPlaces.Of(curves, names, Left))
        {
            Text(svg, x, y, $"t{series}", names[series]);
        }

        double X(double wait) => (Math.Log10(Math.Max(1, wait)) - first) / (last - first);
    }

    private static void DrawRunning(StringBuilder svg, PostcopyFigures[] lines, bool push)
    {
        double end = lines.Max(figures => figures.End);
        double decade = Math.Pow(10, Math.Floor(Math.Log10(end)));
        double tick = end / decade < 2.5 ? decade / 2 : end / decade < 5 ? decade : 2 * decade;
        Frame(svg, Right, "vCPUs that do not wait", push ? "until all memory is there" : "while they run", "time since the guest runs again");
        for (int i = 0; i * tick <= end * 1.0001; i++)
        {
            Vertical(svg, Right, i * tick / end, TimeText.Exact(i * tick));
        }

        for (int i = 0; i < lines.Length; i++)
        {
            IReadOnlyList<double> running = lines[i].Running;
            double part = lines[i].End / end / running.Count;
            Line(svg, Right.Curve([(0, 0), .. running.Select((share, at) => ((at + 0.5) * part, share)), (lines[i].End / end, running[^1])], stepped: false), i);
        }
    }

    private static void DrawLegend(StringBuilder svg, PostcopyRun run, PostcopyFigures[] lines)
    {
        int x = Left.X;
        Text(svg, x, Height - 38, "small", "fetched by");
        x += 76;
        for (int i = 0; i < lines.Length; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""  <path class="line s{i}" d="M{x} {Height - 42}h22" />""").Append('\n');
            Text(svg, x + 28, Height - 38, $"t{i}", NumberText.Size(lines[i].FetchBytes));
            x += 80;
        }

        string link = $"{LinkSpeed.Of(run.Request.BitsPerSecond)}, {TimeText.Exact(run.Request.Latency)} one way";
        string what = $"{run.Architecture}, {NumberText.Size((long)run.Request.MemoryBytes)} over {link}; simulated time";
        Text(svg, Left.X, Height - 16, "small", what);
    }

    private static void Frame(StringBuilder svg, PlotArea area, string title, string subtitle, string below)
    {
        Text(svg, area.X, area.Y - 32, "title", title);
        Text(svg, area.X, area.Y - 14, "small", subtitle);
        for (int i = 0; i <= 4; i++)
        {
            double y = area.AtY(i / 4.0);
            svg.Append(CultureInfo.InvariantCulture, $"""  <path class="grid" d="M{area.X} {y:0.#}h{area.Width}" />""").Append('\n');
            Text(svg, area.X - 8, y + 4, "small", string.Create(CultureInfo.InvariantCulture, $"{i * 25}%"), "end");
        }

        svg.Append(CultureInfo.InvariantCulture, $"""  <path class="axis" d="M{area.X} {area.Y}v{area.Height}h{area.Width}" />""").Append('\n');
        Text(svg, area.X + (area.Width / 2.0), area.Y + area.Height + 36, "small", below, "middle");
    }

    private static void Vertical(StringBuilder svg, PlotArea area, double at, string label)
    {
        double x = area.AtX(at);
        svg.Append(CultureInfo.InvariantCulture, $"""  <path class="grid" d="M{x:0.#} {area.Y}v{area.Height}" />""").Append('\n');
        double inside = Math.Min(x, Width - 8 - (label.Length * LabelPlaces.LetterWidth / 2));
        Text(svg, inside, area.Y + area.Height + 18, "small", label, "middle");
    }

    private static void Line(StringBuilder svg, IReadOnlyList<(double X, double Y)> curve, int series)
    {
        var path = new StringBuilder();
        string last = string.Empty;
        foreach ((double x, double y) in curve)
        {
            string point = string.Create(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#}");
            if (point != last)
            {
                path.Append(path.Length == 0 ? 'M' : 'L').Append(point);
                last = point;
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"""  <path class="line s{series}" d="{path}" />""").Append('\n');
    }

    private static void Text(StringBuilder svg, double x, double y, string style, string text, string anchor = "start") => svg.Append(
        CultureInfo.InvariantCulture, $"""  <text class="{style}" x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}">{SecurityElement.Escape(text)}</text>""").Append('\n');
}
