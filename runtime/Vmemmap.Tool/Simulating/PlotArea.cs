namespace Vmemmap.Tool;

/// <summary>Where a plot is: pixels.</summary>
internal readonly record struct PlotArea(int X, int Y, int Width, int Height)
{
    public double AtX(double share) => X + (Math.Clamp(share, 0, 1) * Width);

    public double AtY(double share) => Y + ((1 - Math.Clamp(share, 0, 1)) * Height);

    /// <summary>Points of shares, 0 to 1, as pixels; stepped: from one to the next first aside, then up.</summary>
    public IReadOnlyList<(double X, double Y)> Curve(IReadOnlyList<(double X, double Y)> shares, bool stepped)
    {
        var curve = new List<(double X, double Y)>();
        foreach ((double x, double y) in shares)
        {
            (double X, double Y) point = (AtX(x), AtY(y));
            if (stepped && curve.Count > 0)
            {
                curve.Add((point.X, curve[^1].Y));
            }

            curve.Add(point);
        }

        return curve;
    }
}
