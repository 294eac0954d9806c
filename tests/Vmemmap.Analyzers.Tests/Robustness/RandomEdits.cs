using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Analyzers.Tests.Robustness;

/// <summary>Edits of a source that no one would make: tokens go, come twice, change places, or a word comes in between.</summary>
internal static class RandomEdits
{
    private static readonly string[] Words =
    [
        "ref", "out", "in", "readonly", "scoped", "static", "async", "await", "yield", "return", "break", "continue", "goto", "if", "else", "for", "foreach", "while", "do",
        "switch", "case", "default", "try", "catch", "finally", "using", "lock", "fixed", "unsafe", "checked", "unchecked", "throw", "new", "is", "not", "and", "or", "with",
        "when", "var", "int", "ulong", "nint", "null", "this", "base", "stackalloc", "delegate", "field", "extension", "typeof", "sizeof", "nameof", "params", "partial",
        "{", "}", "(", ")", "[", "]", ";", ",", ".", "..", "^", "?", "??", "?.", ":", "=>", "=", "++", "--", "*", "&", "->", "<", ">", "!", "100", "-1", "page", "pages", "i", "_",
    ];

    /// <summary>A source after a few edits.</summary>
    public static string Edit(string source, Random random)
    {
        List<string> tokens = [.. SyntaxFactory.ParseTokens(source).Select(token => token.ToFullString())];
        for (int edits = random.Next(1, 4); edits > 0 && tokens.Count > 1; edits--)
        {
            int at = random.Next(tokens.Count);
            int other = random.Next(tokens.Count);
            switch (random.Next(6))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[at]);
                    break;
                case 2:
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                case 3:
                    tokens.RemoveRange(at, Math.Min(random.Next(1, 8), tokens.Count - at));
                    break;
                case 4:
                    tokens.Insert(other, tokens[at]);
                    break;
                default:
                    tokens.Insert(at, " " + Words[random.Next(Words.Length)] + " ");
                    break;
            }
        }

        return string.Concat(tokens);
    }
}
