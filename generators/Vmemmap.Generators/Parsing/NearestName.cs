using System;
using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>Longer names are no slip of any that there is, and the distance costs the square of the length.</summary>
    private const int LongestName = 64;

    /// <summary>"; did you mean 'x'?" for the nearest candidate, or what may stand there if none is near.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> candidates)
    {
        string? nearest = Find(name, candidates);
        return nearest != null
            ? $"; did you mean '{nearest}'?"
            : candidates.Count == 0 ? "; remove it" : $"; write one of: {string.Join(", ", candidates)}";
    }

    /// <summary>The nearest candidate, or null if all are too far away to be meant.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        string? best = null;
        int limit = Math.Max(1, name.Length / 3);
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance <= limit)
            {
                limit = distance - 1;
                best = candidate;
            }
        }

        return best;
    }

    // Optimal string alignment: one swap of neighbours, the commonest slip, counts as one edit.
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }
}
