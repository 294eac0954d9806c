namespace Vmemmap.Analyzers.Tests.Flow;

/// <summary>What is certain about a huge page where a write to its tail stands.</summary>
internal enum Outcome
{
    /// <summary>It is not optimized.</summary>
    Safe,

    /// <summary>It may be optimized.</summary>
    May,

    /// <summary>It is optimized.</summary>
    Must,

    /// <summary>It is no huge page any more.</summary>
    Gone,
}

/// <summary>A way to a write, and what is certain there.</summary>
/// <param name="Name">What the test shows.</param>
/// <param name="Outcome">What is certain.</param>
/// <param name="Body">The method's body: <c>@</c> is the write to a struct page of <c>page</c>, <c>L</c> the layout, <c>&lt;A&gt;</c> the type arguments.</param>
/// <param name="WhenPassed">What is certain where the write is a call that anything may happen in, and that this very call is behind; null: the same.</param>
internal sealed record FlowState(string Name, Outcome Outcome, string Body, Outcome? WhenPassed = null)
{
    /// <summary>The table. Each line was worked out by hand from what the code does when it runs.</summary>
    public static IReadOnlyList<FlowState> All { get; } =
    [
        new("unknown parameter", Outcome.May, "@"),

        new("optimized branch", Outcome.Must, "if (page.IsOptimized) { @ }"),
        new("other branch", Outcome.Safe, "if (page.IsOptimized) { } else { @ }"),
        new("negated branch", Outcome.Safe, "if (!page.IsOptimized) { @ }"),
        new("other branch of a negation", Outcome.Must, "if (!page.IsOptimized) { } else { @ }"),
        new("behind the branches", Outcome.May, "if (page.IsOptimized) { n++; } else { n--; } @"),
        new("equals true", Outcome.Must, "if (page.IsOptimized == true) { @ }"),
        new("equals false", Outcome.Safe, "if (page.IsOptimized == false) { @ }"),
        new("is not true", Outcome.Safe, "if (page.IsOptimized != true) { @ }"),
        new("is true", Outcome.Must, "if (page.IsOptimized is true) { @ }"),
        new("property pattern", Outcome.Must, "if (page is { IsOptimized: true }) { @ }"),
        new("property pattern, false", Outcome.Safe, "if (page is { IsOptimized: false }) { @ }"),
        new("switch on the state, true", Outcome.Must, "switch (page.IsOptimized) { case true: @ break; }"),
        new("switch on the state, false", Outcome.Safe, "switch (page.IsOptimized) { case true: break; case false: @ break; }"),
        new("conditional expression that throws", Outcome.Safe, "n = page.IsOptimized ? throw new InvalidOperationException() : 1; @"),
        new("state in a local", Outcome.Must, "bool optimized = page.IsOptimized; if (optimized) { @ }"),
        new("state in a local, negated", Outcome.Safe, "bool optimized = page.IsOptimized; if (!optimized) { @ }"),
        new("negation in a local", Outcome.Safe, "bool plain = !page.IsOptimized; if (plain) { @ }"),
        new("pattern with a name", Outcome.Safe, "if (page is { IsOptimized: false } plain) { @ }"),
        new("conditional access", Outcome.Must, "if (page?.IsOptimized != true) { return; } @"),
        new("switch on the page", Outcome.Must, "switch (page) { case { IsOptimized: true }: @ break; default: n++; break; }"),
        new("switch on the page, default", Outcome.Safe, "switch (page) { case { IsOptimized: true }: break; default: @ break; }"),
        new("asked as a folio", Outcome.Safe, "Folio folio = page; if (!folio.IsOptimized) { @ }"),
        new("nested", Outcome.Must, "if (flag) { if (page.IsOptimized) { if (n > 3) { @ } } }"),

        new("early return unless optimized", Outcome.Must, "if (!page.IsOptimized) { return; } @"),
        new("early return if optimized", Outcome.Safe, "if (page.IsOptimized) { return; } @"),
        new("throw if optimized", Outcome.Safe, "if (page.IsOptimized) { throw new InvalidOperationException(); } @"),
        new("goto", Outcome.Must, "if (page.IsOptimized) { goto there; } return; there: @"),

        new("and, left", Outcome.Must, "if (page.IsOptimized && flag) { @ }"),
        new("and, right", Outcome.Must, "if (flag && page.IsOptimized) { @ }"),
        new("and, else", Outcome.May, "if (flag && page.IsOptimized) { } else { @ }"),
        new("and not", Outcome.Safe, "if (flag && !page.IsOptimized) { @ }"),
        new("not and", Outcome.May, "if (!(flag && page.IsOptimized)) { @ }"),
        new("or, left", Outcome.May, "if (page.IsOptimized || flag) { @ }"),
        new("or, right", Outcome.May, "if (flag || page.IsOptimized) { @ }"),
        new("or, else", Outcome.Safe, "if (flag || page.IsOptimized) { } else { @ }"),
        new("or not, return", Outcome.Must, "if (flag || !page.IsOptimized) { return; } @"),
        new("not or", Outcome.Safe, "if (!(flag || page.IsOptimized)) { @ }"),
        new("and with an out variable", Outcome.Must, "if (page.IsOptimized && !page.TryRestore(out RestoredScope<A> scope)) { @ }"),
        new("or with an out variable", Outcome.Safe, "if (!page.IsOptimized || page.TryRestore(out RestoredScope<A> scope)) { @ }"),

        new("using statement", Outcome.Safe, "using (page.Restore()) { @ }"),
        new("using statement with a variable", Outcome.Safe, "using (RestoredScope<A> scope = page.Restore()) { @ }"),
        new("using declaration", Outcome.Safe, "using RestoredScope<A> scope = page.Restore(); @"),
        new("using in an optimized branch", Outcome.Safe, "if (page.IsOptimized) { using (page.Restore()) { @ } }"),
        new("after the using", Outcome.May, "using (page.Restore()) { } @"),
        new("after the using, asked again", Outcome.Must, "using (page.Restore()) { } if (page.IsOptimized) { @ }"),
        new("after the using, asked and not", Outcome.Safe, "using (page.Restore()) { } if (!page.IsOptimized) { @ }"),
        new("using of another page", Outcome.May, "using (other.Restore()) { @ }"),
        new("using on one path", Outcome.May, "if (flag) { using (page.Restore()) { n++; } } @"),
        new("restored, not disposed", Outcome.Safe, "RestoredScope<A> scope = page.Restore(); @ scope.Dispose();"),
        new("disposed by hand", Outcome.May, "RestoredScope<A> scope = page.Restore(); scope.Dispose(); @"),
        new("restored twice", Outcome.Safe, "using (page.Restore()) { } using (page.Restore()) { @ }"),
        new("both in one scope", Outcome.Safe, "using (RestoredScope<A> a = page.Restore(), b = other.Restore()) { @ }"),

        new("disposed in finally", Outcome.Safe, "RestoredScope<A> scope = page.Restore(); try { @ } finally { scope.Dispose(); }"),
        new("disposed in finally, behind it", Outcome.May, "RestoredScope<A> scope = page.Restore(); try { n++; } finally { scope.Dispose(); } @"),
        new("restored in both branches", Outcome.Safe, "if (page.IsOptimized) { using RestoredScope<A> scope = page.Restore(); @ } else { n++; }"),

        new("TryRestore true", Outcome.Safe, "if (page.TryRestore(out RestoredScope<A> scope)) { using (scope) { @ } }"),
        new("TryRestore true, disposed later", Outcome.Safe, "if (page.TryRestore(out RestoredScope<A> scope)) { @ scope.Dispose(); }"),
        new("TryRestore false", Outcome.May, "if (page.TryRestore(out RestoredScope<A> scope)) { scope.Dispose(); } else { @ }"),
        new("TryRestore false of an optimized page", Outcome.Must, "if (!page.IsOptimized) { return; } if (!page.TryRestore(out RestoredScope<A> scope)) { @ }"),
        new("TryRestore, early return", Outcome.Safe, "if (!page.TryRestore(out RestoredScope<A> scope)) { return; } using (scope) { @ }"),
        new("TryRestore into a local from before", Outcome.Safe, "RestoredScope<A> scope; if (!page.TryRestore(out scope)) { return; } @ scope.Dispose();"),
        new("TryRestore, not asked", Outcome.May, "page.TryRestore(out RestoredScope<A> scope); @"),
        new("TryRestore in a local", Outcome.Safe, "bool restored = page.TryRestore(out RestoredScope<A> scope); if (restored) { @ scope.Dispose(); }"),
        new("TryRestore in a local, early return", Outcome.Safe, "bool restored = page.TryRestore(out RestoredScope<A> scope); if (!restored) { return; } @ scope.Dispose();"),
        new("TryRestore in a local, false", Outcome.May, "bool restored = page.TryRestore(out RestoredScope<A> scope); if (!restored) { @ }"),
        new("TryRestore in a local that changes", Outcome.May, "bool restored = page.TryRestore(out RestoredScope<A> scope); restored = flag; if (restored) { @ }"),
        new("TryRestore true, after Dispose", Outcome.May, "if (page.TryRestore(out RestoredScope<A> scope)) { scope.Dispose(); @ }"),

        new("optimized by the layout", Outcome.Must, "if (!L.TryOptimize(vmemmap, cpu, page)) { return; } @"),
        new("not optimized by the layout", Outcome.May, "if (!L.TryOptimize(vmemmap, cpu, page)) { @ }"),
        new("restored by the layout", Outcome.Safe, "if (L.TryRestore(vmemmap, cpu, page)) { @ }"),

        new("after an opaque call", Outcome.May, "if (!page.IsOptimized) { return; } Other(); @"),
        new("after an opaque call, not optimized", Outcome.May, "if (page.IsOptimized) { return; } Other(); @"),
        new("after it was passed on", Outcome.May, "if (!page.IsOptimized) { return; } Use(page); @"),
        new("after it was passed by reference", Outcome.May, "if (!page.IsOptimized) { return; } Replace(ref page); @"),
        new("after a delegate ran", Outcome.May, "if (!page.IsOptimized) { return; } action(); @"),
        new("after it was put into a field", Outcome.May, "if (!page.IsOptimized) { return; } Held = page; Other(); @"),
        new("after its readers", Outcome.Must, "if (!page.IsOptimized) { return; } ulong pfn = page.HeadPfn; n = page[0].RefCount; page.Unchecked(0).SetHead(); @"),
        new("after calls of the framework", Outcome.Must, "if (!page.IsOptimized) { return; } Console.WriteLine(n); n = Math.Max(n, int.Parse(\"3\")); @"),
        new("asked again after an opaque call", Outcome.Must, "if (page.IsOptimized) { return; } Other(); if (page.IsOptimized) { @ }"),

        new("in a lambda", Outcome.May, "if (!page.IsOptimized) { return; } Action run = () => { @ }; run();"),
        new("in a lambda that asks", Outcome.Must, "Action run = () => { if (page.IsOptimized) { @ } }; run();"),
        new("in a local function", Outcome.May, "if (!page.IsOptimized) { return; } Local(); void Local() { @ }"),
        new("in a local function that restores", Outcome.Safe, "Local(); void Local() { using (page.Restore()) { @ } }"),
        new("after a lambda caught it", Outcome.May, "if (!page.IsOptimized) { return; } Action run = () => Use(page); run(); @"),

        new("after await", Outcome.May, "async: if (!page.IsOptimized) { return; } await Task.Yield(); @"),
        new("before await", Outcome.Must, "async: if (!page.IsOptimized) { return; } @ await Task.Yield();"),
        new("asked after await", Outcome.Safe, "async: await Task.Yield(); if (!page.IsOptimized) { @ }"),

        new("after yield", Outcome.May, "iterator: if (!page.IsOptimized) { yield break; } yield return n; @"),
        new("before yield", Outcome.Must, "iterator: if (!page.IsOptimized) { yield break; } @ yield return n;"),
        new("asked after yield", Outcome.Safe, "iterator: yield return n; if (!page.IsOptimized) { @ }"),

        new("in catch", Outcome.May, "if (!page.IsOptimized) { return; } try { Other(); } catch (Exception) { @ }"),
        new("in finally", Outcome.May, "if (!page.IsOptimized) { return; } try { Other(); } finally { @ }"),
        new("in try", Outcome.Must, "if (!page.IsOptimized) { return; } try { @ } finally { n++; }"),
        new("asked in catch", Outcome.Must, "try { Other(); } catch (Exception) { if (page.IsOptimized) { @ } }"),
        new("after try", Outcome.May, "if (!page.IsOptimized) { return; } try { Other(); } catch (Exception) { } @"),
        new("in lock", Outcome.Must, "if (!page.IsOptimized) { return; } lock (gate) { @ }"),
        new("using in try", Outcome.Safe, "try { using (page.Restore()) { @ } } catch (InvalidOperationException) { n++; }"),

        new("after reassignment", Outcome.May, "if (!page.IsOptimized) { return; } page = other; @"),
        new("after reassignment from what was asked", Outcome.Must, "if (!other.IsOptimized) { return; } page = other; @"),
        new("after reassignment on one path", Outcome.May, "if (!page.IsOptimized) { return; } if (flag) { page = other; } @"),
        new("alias that is only read", Outcome.Must, "if (!page.IsOptimized) { return; } HugePage<A> q = page; n = q[0].RefCount; @"),
        new("restored by an alias", Outcome.Safe, "HugePage<A> q = page; using (q.Restore()) { @ }"),
        new("alias restored an optimized page", Outcome.Safe, "if (!page.IsOptimized) { return; } HugePage<A> q = page; using (q.Restore()) { @ }"),
        new("other page asked", Outcome.May, "if (!other.IsOptimized) { return; } @"),

        new("after dissolve", Outcome.Gone, "if (pool.Dissolve(page) == DissolveResult.Done) { @ }"),
        new("after dissolve, early return", Outcome.Gone, "if (pool.Dissolve(page) != DissolveResult.Done) { return; } @"),
        new("dissolve failed", Outcome.May, "if (pool.Dissolve(page) != DissolveResult.Done) { @ }"),
        new("dissolve failed, optimized", Outcome.Must, "if (page.IsOptimized && pool.Dissolve(page) != DissolveResult.Done && page.IsOptimized) { @ }"),
        new("dissolve in a local", Outcome.Gone, "DissolveResult result = pool.Dissolve(page); if (result == DissolveResult.Done) { @ }"),
        new("dissolve in a switch", Outcome.Gone, "switch (pool.Dissolve(page)) { case DissolveResult.Done: @ break; default: n++; break; }"),
        new("dissolve in a switch, default", Outcome.May, "switch (pool.Dissolve(page)) { case DissolveResult.Done: break; default: @ break; }"),
        new("dissolve in a loop, failed", Outcome.May, "while (pool.Dissolve(page) != DissolveResult.Done) { @ }"),
        new("dissolved another", Outcome.May, "if (pool.Dissolve(other) == DissolveResult.Done) { @ }"),

        new("in a loop", Outcome.May, "for (int k = 0; k < 3; k++) { @ }"),
        new("in a loop, asked before", Outcome.Must, "if (!page.IsOptimized) { return; } for (int k = 0; k < 3; k++) { @ }", Outcome.May),
        new("in a loop, asked in it", Outcome.Must, "for (int k = 0; k < 3; k++) { if (!page.IsOptimized) { continue; } @ }"),
        new("in a loop with an opaque call behind", Outcome.May, "if (!page.IsOptimized) { return; } while (flag) { @ Other(); }"),
        new("in a loop that restores behind", Outcome.May, "if (!page.IsOptimized) { return; } while (flag) { @ page.Restore(); }"),
        new("in a loop within a scope", Outcome.Safe, "using (page.Restore()) { for (int k = 0; k < 3; k++) { @ } }", Outcome.May),
        new("in a loop with a scope of its own", Outcome.Safe, "for (int k = 0; k < 3; k++) { using (page.Restore()) { @ } }"),
        new("condition of the loop", Outcome.Must, "while (page.IsOptimized) { @ break; }"),
        new("after the loop", Outcome.Safe, "while (page.IsOptimized) { Other(); } @"),
        new("do loop", Outcome.May, "do { @ } while (page.IsOptimized);"),
    ];

    public override string ToString() => Name;
}
