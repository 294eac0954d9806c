namespace Vmemmap.Tool;

/// <summary>Places for the names of curves, beside them: none on a curve, on another name or outside. A name without such a place has none;
/// the legend has it.</summary>
internal static class LabelPlaces
{
    /// <summary>Pixels that a letter takes at most, about.</summary>
    public const double LetterWidth = 8;

    private const double LetterHeight = 11;
    private const double Gap = 6;

    // Shares of a curve's height, the best first.
    private static readonly double[] Heights = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.9, 0.1];

    /// <summary>The curves that have a place, and where their name begins on its base line.</summary>
    /// <param name="curves">Curves, in pixels.</param>
    /// <param name="names">Their names.</param>
    /// <param name="area">The plot.</param>
    public static IEnumerable<(int Series, double X, double Y)> Of(
        IReadOnlyList<IReadOnlyList<(double X, double Y)>> curves, IReadOnlyList<string> names, PlotArea area)
    {
        var taken = new List<Box>();
        for (int i = 0; i < curves.Count; i++)
        {
            foreach (Box box in Candidates(curves[i], names[i].Length * LetterWidth, area))
            {
                Box around = box.Grown(3);
                if (!taken.Any(other => other.Meets(around)) && !curves.Any(curve => IsOn(curve, around)))
                {
                    taken.Add(box);
                    yield return (i, box.Left, box.Bottom);
                    break;
                }
            }
        }
    }

    private static IEnumerable<Box> Candidates(IReadOnlyList<(double X, double Y)> curve, double width, PlotArea area)
    {
        foreach (double height in curve.Count > 0 ? Heights : [])
        {
            double y = area.AtY(height);
            double x = curve.First(point => point.Y <= y).X;
            foreach (double left in (double[])[x - Gap - width, x + Gap])
            {
                var box = new Box(left, y, left + width, y + LetterHeight);
                if (left >= area.X && box.Right <= area.X + area.Width)
                {
                    yield return box;
                }
            }
        }
    }

    // Looked at every two pixels of it.
    private static bool IsOn(IReadOnlyList<(double X, double Y)> curve, Box box)
    {
        for (int i = 1; i < curve.Count; i++)
        {
            (double x, double y) = curve[i - 1];
            double width = curve[i].X - x;
            double height = curve[i].Y - y;
            int steps = 1 + (int)(Math.Max(Math.Abs(width), Math.Abs(height)) / 2);
            for (int step = 0; step <= steps; step++)
            {
                if (box.Holds(x + (width * step / steps), y + (height * step / steps)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        public Box Grown(double by) => new(Left - by, Top - by, Right + by, Bottom + by);

        public bool Meets(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

        public bool Holds(double x, double y) => x >= Left && x <= Right && y >= Top && y <= Bottom;
    }
}
