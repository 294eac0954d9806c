namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>The ways by which a huge page comes to be in a state.</summary>
internal static class StateForms
{
    private static readonly StateForm[] Branches =
    [
        new("unknown", "$body"),
        new("if optimized", "if (page.IsOptimized) { $body }"),
        new("if not optimized", "if (!page.IsOptimized) { $body }"),
        new("return if optimized", "if (page.IsOptimized) { return; } $body"),
        new("return unless optimized", "if (!page.IsOptimized) { return; } $body"),
        new("throw unless optimized", "if (!page.IsOptimized) { throw new OperationCanceledException(); } $body"),
        new("else of not", "if (!page.IsOptimized) { n++; } else { $body }"),
        new("else", "if (page.IsOptimized) { n++; } else { $body }"),
        new("and", "if (page.IsOptimized && flag) { $body }") { UsesFlag = true },
        new("and, other order", "if (flag && !page.IsOptimized) { $body }") { UsesFlag = true },
        new("or", "if (page.IsOptimized || flag) { $body }") { UsesFlag = true },
        new("not or", "if (!(page.IsOptimized || flag)) { $body }") { UsesFlag = true },
        new("not and", "if (!(!page.IsOptimized && flag)) { $body }") { UsesFlag = true },
        new("else of and", "if (!page.IsOptimized && flag) { n++; } else { $body }") { UsesFlag = true },
        new("else of or", "if (flag || !page.IsOptimized) { n++; } else { $body }") { UsesFlag = true },
        new("single and", "if (page.IsOptimized & flag) { $body }") { UsesFlag = true },
        new("equals true", "if (page.IsOptimized == true) { $body }"),
        new("is false", "if (page.IsOptimized is false) { $body }"),
        new("not equal", "if (page.IsOptimized != false) { $body }"),
        new("bool local", "bool folded = page.IsOptimized; if (folded) { $body }"),
        new("negated local", "bool plain = !page.IsOptimized; if (plain) { $body }"),
        new("stale local", "bool folded = page.IsOptimized; Elsewhere.Optimize(page); if (!folded) { $body }") { Remaps = true },
        new("ternary", "if (flag ? page.IsOptimized : !page.IsOptimized) { $body }") { UsesFlag = true },
        new("property pattern", "if (page is { IsOptimized: true }) { $body }"),
        new("switch", "switch (page.IsOptimized) { case true: $body break; }"),
        new("join of both", "if (page.IsOptimized) { n += 0; } else { n -= 0; } $body"),
        new("nested", "if (page.IsOptimized) { if (flag) { $body } }") { UsesFlag = true },
        new("contradiction", "if (page.IsOptimized) { if (!page.IsOptimized) { $body } }"),
        new("while", "while (page.IsOptimized) { $body break; }"),
        new("goto", "if (page.IsOptimized) { goto done; } return; done: { $body }"),
        new("certain by precondition", "$body") { Admits = States.Optimized },
    ];

    private static readonly StateForm[] Scopes =
    [
        new("using", "using (page.Restore()) { $body }") { Remaps = true },
        new(
            "using var",
            "using $Scope scope = page.Restore(); $body")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new("using, optimized", "if (page.IsOptimized) { using (page.Restore()) { $body } }") { Remaps = true },
        new("after using", "using (page.Restore()) { n += 0; } $body") { Remaps = true },
        new("after using, optimized", "if (!page.IsOptimized) { return; } using (page.Restore()) { n += 0; } $body") { Remaps = true },
        new("scope never ended", "$Scope scope = page.Restore(); $body")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new("scope ended", "$Scope scope = page.Restore(); scope.Dispose(); $body") { Remaps = true },
        new(
            "scope ended on a path",
            "$Scope scope = page.Restore(); if (flag) { scope.Dispose(); } $body")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new("scope ended after", "$Scope scope = page.Restore(); $body scope.Dispose();") { Remaps = true },
        new("try finally", "$Scope scope = page.Restore(); try { $body } finally { scope.Dispose(); }") { Remaps = true },
        new("TryRestore", "if (page.TryRestore(out $Scope scope)) { $body scope.Dispose(); }")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new("TryRestore failed", "if (!page.TryRestore(out $Scope scope)) { $body } else { scope.Dispose(); }") { Remaps = true },
        new("TryRestore failed, optimized", "if (page.IsOptimized && !page.TryRestore(out _)) { $body }") { Remaps = true },
        new("TryRestore, returned", "if (!page.TryRestore(out $Scope scope)) { return; } using (scope) { $body }") { Remaps = true },
        new("TryRestore and a flag", "if (page.TryRestore(out $Scope scope) && flag) { $body }") { Remaps = true, UsesFlag = true },
        new("TryRestore not looked at", "page.TryRestore(out $Scope scope); $body scope.Dispose();") { Remaps = true },
        new(
            "TryRestore in a local",
            "bool done = page.TryRestore(out $Scope scope); if (done) { $body } scope.Dispose();")
        {
            Remaps = true,
        },
        new("scope in scope", "using (page.Restore()) { using (page.Restore()) { n += 0; } $body }") { Remaps = true },
        new("scope of the other", "using (other.Restore()) { $body }") { Remaps = true, UsesOther = true },
        new("scope on a path", "if (flag) { using (page.Restore()) { n += 0; } } $body") { Remaps = true, UsesFlag = true },
        new("scope in a loop", "for (int k = 0; k < 2; k++) { using (page.Restore()) { $body } }") { Remaps = true },
        new("before a scope in a loop", "for (int k = 0; k < 2; k++) { { $body } using (page.Restore()) { n += 0; } }") { Remaps = true },
        new("optimized in a scope", "using (page.Restore()) { Elsewhere.Optimize(page); $body }") { Remaps = true },
        new(
            "thrown out of a scope",
            "try { using (page.Restore()) { Elsewhere.MayThrow(flag); } } catch (OperationCanceledException) { n += 0; } $body")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new(
            "caught in a scope",
            "using (page.Restore()) { try { Elsewhere.MayThrow(flag); } catch (OperationCanceledException) { $body } }")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new("finally of a scope", "try { using (page.Restore()) { Elsewhere.MayThrow(flag); } } finally { $body }")
        {
            Remaps = true,
            UsesFlag = true,
            MayReturn = false,
        },
    ];

    private static readonly StateForm[] Transitions =
    [
        new("TryOptimize", "if (page.IsOptimized) { return; } if ($Layout.TryOptimize(vmemmap, cpu, page)) { $body }") { Remaps = true },
        new(
            "TryOptimize failed",
            "if (page.IsOptimized) { return; } if (!$Layout.TryOptimize(vmemmap, cpu, page)) { $body }")
        {
            Remaps = true,
        },
        new("TryOptimize not looked at", "if (!page.IsOptimized) { $Layout.TryOptimize(vmemmap, cpu, page); $body }") { Remaps = true },
        new("TryOptimize on a path", "if (!page.IsOptimized && (!flag || !$Layout.TryOptimize(vmemmap, cpu, page))) { $body }")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new("TryOptimize, all paths", "if (page.IsOptimized || $Layout.TryOptimize(vmemmap, cpu, page)) { $body }") { Remaps = true },
        new(
            "TryOptimize in a scope",
            "using (page.Restore()) { if ($Layout.TryOptimize(vmemmap, cpu, page)) { $body } }")
        {
            Remaps = true,
        },
        new("before TryOptimize", "if (!page.IsOptimized) { { $body } $Layout.TryOptimize(vmemmap, cpu, page); }") { Remaps = true },
        new("TryRestore of the layout", "if (page.IsOptimized && $Layout.TryRestore(vmemmap, cpu, page)) { $body }") { Remaps = true },
        new(
            "TryRestore of the layout, all paths",
            "if (!page.IsOptimized || $Layout.TryRestore(vmemmap, cpu, page)) { $body }")
        {
            Remaps = true,
        },
        new(
            "TryRestore of the layout failed",
            "if (page.IsOptimized && !$Layout.TryRestore(vmemmap, cpu, page)) { $body }")
        {
            Remaps = true,
        },
        new(
            "TryRestore of the layout not looked at",
            "if (page.IsOptimized) { $Layout.TryRestore(vmemmap, cpu, page); } $body")
        {
            Remaps = true,
        },
        new(
            "restored until it is",
            "for (int k = 0; page.IsOptimized; k++) { if (k == 3) { return; } $Layout.TryRestore(vmemmap, cpu, page); } $body")
        {
            Remaps = true,
        },
        new(
            "restored while it is not",
            "int tries = 0; while (page.IsOptimized && !$Layout.TryRestore(vmemmap, cpu, page)) { if (++tries > 3) { return; } } $body")
        {
            Remaps = true,
        },
        new(
            "there and back",
            "if (!page.IsOptimized && $Layout.TryOptimize(vmemmap, cpu, page) && $Layout.TryRestore(vmemmap, cpu, page)) { $body }")
        {
            Remaps = true,
        },
        new(
            "restored after the write in a loop",
            "for (int k = 0; k < 2; k++) { { $body } if (page.IsOptimized) { $Layout.TryRestore(vmemmap, cpu, page); } }")
        {
            Remaps = true,
        },
        new(
            "optimized after the write in a loop",
            "for (int k = 0; k < 2; k++) { { $body } if (!page.IsOptimized) { $Layout.TryOptimize(vmemmap, cpu, page); } }")
        {
            Remaps = true,
            Admits = States.NotOptimized,
        },
        new(
            "other optimized",
            "if (!page.IsOptimized && !other.IsOptimized) { $Layout.TryOptimize(vmemmap, cpu, other); $body }")
        {
            Remaps = true,
            UsesOther = true,
        },
    ];

    private static readonly StateForm[] Calls =
    [
        new("opaque call", "if (!page.IsOptimized) { Elsewhere.Optimize(page); $body }") { Remaps = true },
        new("opaque restore", "if (page.IsOptimized) { Elsewhere.Restore(page); $body }") { Remaps = true },
        new("opaque call of the other", "if (!page.IsOptimized) { Elsewhere.Optimize(other); $body }") { Remaps = true, UsesOther = true },
        new("held elsewhere", "Elsewhere.Hold(page); if (!page.IsOptimized) { Elsewhere.OptimizeHeld(); $body }") { Remaps = true },
        new("lambda", "Action fold = () => Elsewhere.Optimize(page); if (!page.IsOptimized) { fold(); $body }") { Remaps = true },
        new("lambda passed on", "if (!page.IsOptimized) { Elsewhere.Run(() => Elsewhere.Optimize(page)); $body }") { Remaps = true },
        new("local function", "void Fold() { Elsewhere.Optimize(page); } if (!page.IsOptimized) { Fold(); $body }") { Remaps = true },
        new(
            "local function, not called",
            "void Fold() { Elsewhere.Optimize(page); } if (!page.IsOptimized) { $body } else { Fold(); }")
        {
            Remaps = true,
        },
        new("in a lambda", "Action write = () => { $body }; write();"),
        new("in a lambda, looked at", "Action write = () => { if (page.IsOptimized) { $body } }; write();"),
        new(
            "in a lambda, looked at before",
            "if (!page.IsOptimized) { Action write = () => { $body }; Elsewhere.Optimize(page); write(); }")
        {
            Remaps = true,
        },
        new("in a local function", "Write(); void Write() { $body }"),
        new("in a local function, looked at", "Write(); void Write() { if (!page.IsOptimized) { $body } }"),
        new("harmless calls", "if (page.IsOptimized) { Elsewhere.Look(in page[0]); $body }"),
        new("harmless readers", "if (page.IsOptimized) { long pages = page.Count + (long)page.HeadPfn; GC.KeepAlive(pages); $body }"),
        new("virtual call of the framework", "if (!page.IsOptimized) { GC.KeepAlive(page); $body }"),
    ];

    private static readonly StateForm[] Aliases =
    [
        new("alias local", "$Page q = page; if (q.IsOptimized) { $body }") { Page = "q" },
        new("alias, the other looked at", "$Page q = page; if (page.IsOptimized) { $body }") { Page = "q" },
        new("alias, not optimized", "$Page q = page; if (!page.IsOptimized) { $body }") { Page = "q" },
        new("alias of what is known", "if (page.IsOptimized) { $Page q = page; $body }") { Page = "q" },
        new("alias, changed by the other", "$Page q = page; if (!q.IsOptimized && $Layout.TryOptimize(vmemmap, cpu, page)) { $body }")
        {
            Page = "q",
            Remaps = true,
        },
        new("alias, restored by the other", "$Page q = page; if (q.IsOptimized && $Layout.TryRestore(vmemmap, cpu, page)) { $body }")
        {
            Page = "q",
            Remaps = true,
        },
        new("alias, scope of the other", "$Page q = page; using (page.Restore()) { $body }") { Page = "q", Remaps = true },
        new(
            "alias, after the scope of the other",
            "$Page q = page; if (!q.IsOptimized) { return; } using (page.Restore()) { n += 0; } $body")
        {
            Page = "q",
            Remaps = true,
        },
        new(
            "alias, optimized elsewhere",
            "$Page q = page; if (!q.IsOptimized) { Elsewhere.Optimize(page); $body }")
        {
            Page = "q",
            Remaps = true,
        },
        new("one of two", "$Page q = flag ? page : other; if (q.IsOptimized) { $body }") { Page = "q", UsesFlag = true, UsesOther = true },
        new(
            "one of two, one looked at",
            "$Page q = flag ? page : other; if (page.IsOptimized) { $body }")
        {
            Page = "q",
            UsesFlag = true,
            UsesOther = true,
        },
        new("assigned", "if (page.IsOptimized) { page = other; $body }") { UsesOther = true },
        new("assigned before", "page = other; if (page.IsOptimized) { $body }") { UsesOther = true },
        new("assigned on a path", "if (!page.IsOptimized) { if (flag) { page = other; } $body }") { UsesOther = true, UsesFlag = true },
        new("swapped", "if (page.IsOptimized) { (page, other) = (other, page); $body }") { UsesOther = true },
        new("the other looked at", "if (other.IsOptimized) { $body }") { UsesOther = true },
        new("both looked at", "if (other.IsOptimized && !page.IsOptimized) { $body }") { UsesOther = true },
        new("maybe null", "$Page? q = flag ? page : null; if (q?.IsOptimized == true) { $body }") { Page = "q", UsesFlag = true },
        new("field", "_held = page; if (_held.IsOptimized) { $body }") { Page = "_held" },
        new(
            "field, optimized elsewhere",
            "_held = page; if (!_held.IsOptimized) { Elsewhere.Optimize(page); $body }")
        {
            Page = "_held",
            Remaps = true,
        },
        new("call result", "$Page q = Same(page); if (!q.IsOptimized) { $body }") { Page = "q" },
        new("call result, unknown", "$body") { Page = "Same(page)" },
        new("parenthesized", "if ((page).IsOptimized) { $body }") { Page = "(page)" },
        new("not null", "if (page!.IsOptimized) { $body }") { Page = "page!" },
        new(
            "loop over two",
            "foreach ($Page q in new[] { page, other }) { if (q.IsOptimized) { $body } }")
        {
            Page = "q",
            UsesOther = true,
        },
        new("no handle", "Tails q = new(page); $body") { Page = "q", Gives = Through.Source, Admits = States.Optimized },
        new("own handle", "Own q = new(page); if (q.IsFolded) { $body }") { Page = "q", Gives = Through.Source },
        new("own handle, not optimized", "Own q = new(page); if (q.IsFolded) { return; } $body") { Page = "q", Gives = Through.Source },
        new(
            "own handle, unfolded",
            "Own q = new(page); using (q.Unfold()) { $body }")
        {
            Page = "q",
            Gives = Through.Source,
            Remaps = true,
        },
        new("own handle, folded", "Own q = new(page); if (q.IsFolded || !q.Fold(vmemmap, cpu)) { return; } $body")
        {
            Page = "q",
            Gives = Through.Source,
            Remaps = true,
        },
    ];

    private static readonly StateForm[] Kept =
    [
        new("kept, looked at", "$take if (page.IsOptimized) { $use }"),
        new("kept, looked at before", "if (!page.IsOptimized) { return; } $take $use"),
        new("kept into a scope", "if (!page.IsOptimized) { return; } $take using (page.Restore()) { $use }") { Remaps = true },
        new("kept out of a scope", "$Scope scope = page.Restore(); $take scope.Dispose(); $use")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new("kept in a scope", "using $Scope scope = page.Restore(); $take n += 0; $use")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new(
            "kept over TryOptimize in a scope",
            "using $Scope scope = page.Restore(); $take if (!$Layout.TryOptimize(vmemmap, cpu, page)) { return; } $use")
        {
            Remaps = true,
            Gives = Through.Source | Through.Page | Through.Span | Through.Scope,
        },
        new(
            "kept over a failed TryOptimize",
            "if (page.IsOptimized) { return; } $take if ($Layout.TryOptimize(vmemmap, cpu, page)) { return; } $use")
        {
            Remaps = true,
        },
        new(
            "kept, optimized by the other",
            "if (page.IsOptimized || other.IsOptimized) { return; } $take if (!$Layout.TryOptimize(vmemmap, cpu, other)) { return; } $use")
        {
            Remaps = true,
            UsesOther = true,
        },
        new("kept over a branch", "if (page.IsOptimized) { return; } $take if (flag) { $Layout.TryOptimize(vmemmap, cpu, page); } $use")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new(
            "kept over TryOptimize",
            "if (page.IsOptimized) { return; } $take if (!$Layout.TryOptimize(vmemmap, cpu, page)) { return; } $use")
        {
            Remaps = true,
        },
        new(
            "kept over TryRestore",
            "if (!page.IsOptimized) { return; } $take if (!$Layout.TryRestore(vmemmap, cpu, page)) { return; } $use")
        {
            Remaps = true,
        },
        new("kept over a call", "if (page.IsOptimized) { return; } $take Elsewhere.Optimize(page); $use") { Remaps = true },
        new("kept over an assignment", "if (page.IsOptimized) { return; } $take page = other; $use") { UsesOther = true },
        new(
            "kept over an assignment, optimized",
            "if (page.IsOptimized) { $take page = other; if (!page.IsOptimized) { $use } }")
        {
            UsesOther = true,
        },
    ];

    private static readonly StateForm[] Counts =
    [
        new(
            "counted before TryOptimize",
            "if (page.IsOptimized) { return; } long had = page.Writable.Count; if (!$Layout.TryOptimize(vmemmap, cpu, page)) { return; } if (n >= had) { return; } $body")
        {
            Remaps = true,
        },
        new(
            "counted in a scope",
            "long had; using (page.Restore()) { had = page.Writable.Count; } if (n >= had) { return; } $body")
        {
            Remaps = true,
        },
        new("counted and optimized elsewhere", "if (n < page.Writable.Count) { Elsewhere.Optimize(page); $body }") { Remaps = true },
        new("counted of the other", "if (n < other.Writable.Count) { $body }") { UsesOther = true },
        new("counted", "if (n < page.Writable.Count) { $body }"),
        new("counted all", "if (page.Writable.Count == page.Count) { $body }"),
        new("counted and assigned", "if (n < page.Writable.Count) { page = other; $body }") { UsesOther = true },
    ];

    private static readonly StateForm[] Traps =
    [
        new(
            "optimized in the index",
            "if (!page.IsOptimized) { n += $Layout.TryOptimize(vmemmap, cpu, page) ? 0 : 1; $body }")
        {
            Remaps = true,
        },
        new("assigned in the condition", "if (!page.IsOptimized && (page = other) != null) { $body }") { UsesOther = true },
        new("assigned by out", "if (!page.IsOptimized) { Swap(ref page, ref other); $body }") { UsesOther = true },
        new("assigned in a lambda", "Action swap = () => page = other; if (!page.IsOptimized) { swap(); $body }") { UsesOther = true },
        new("assigned in a local function", "void Next() { page = other; } if (!page.IsOptimized) { Next(); $body }") { UsesOther = true },
        new("alias by ref", "ref $Page q = ref page; if (!q.IsOptimized) { page = other; $body }") { Page = "q", UsesOther = true },
        new("alias assigned twice", "$Page q = page; if (q.IsOptimized) { return; } q = other; $body") { Page = "q", UsesOther = true },
        new("alias of an alias", "$Page q = page; $Page r0 = q; if (!r0.IsOptimized && $Layout.TryOptimize(vmemmap, cpu, page)) { $body }")
        {
            Page = "r0",
            Remaps = true,
        },
        new(
            "loop-carried alias",
            "$Page q = page; for (int k = 0; k < 2; k++) { if (!q.IsOptimized) { { $body } } q = other; }")
        {
            Page = "q",
            UsesOther = true,
        },
        new(
            "carried from the last round",
            "bool plain = false; for (int k = 0; k < 2; k++) { if (plain) { $body } plain = !page.IsOptimized; Elsewhere.Optimize(page); }")
        {
            Remaps = true,
        },
        new(
            "condition of two calls",
            "if (page.IsOptimized | $Layout.TryOptimize(vmemmap, cpu, page)) { $body }")
        {
            Remaps = true,
            Admits = States.NotOptimized,
        },
        new(
            "array element",
            "$Page[] pages = [page, other]; if (!pages[0].IsOptimized) { pages[0] = pages[1]; $body }")
        {
            Page = "pages[0]",
            UsesOther = true,
        },
        new(
            "tuple element",
            "($Page A, $Page B) pair = (page, other); if (!pair.A.IsOptimized) { pair = (pair.B, pair.A); $body }")
        {
            Page = "pair.A",
            UsesOther = true,
        },
        new(
            "field assigned elsewhere",
            "_held = page; if (!_held.IsOptimized) { Next(other); $body }")
        {
            Page = "_held",
            UsesOther = true,
        },
        new(
            "field and parameter",
            "_held = page; if (!_held.IsOptimized && $Layout.TryOptimize(vmemmap, cpu, page)) { $body }")
        {
            Page = "_held",
            Remaps = true,
        },
        new("scope over an assignment", "using (page.Restore()) { page = other; $body }") { UsesOther = true, Remaps = true },
        new(
            "scope of an alias",
            "$Page q = page; $Scope scope = q.Restore(); q = other; scope.Dispose(); $body")
        {
            Remaps = true,
            UsesOther = true,
        },
        new(
            "two scopes ended in order",
            "$Scope first = page.Restore(); $Scope second = other.Restore(); first.Dispose(); { $body } second.Dispose();")
        {
            Remaps = true,
            UsesOther = true,
        },
        new(
            "scope assigned",
            "$Scope scope = page.Restore(); scope = other.Restore(); scope.Dispose(); $body")
        {
            Remaps = true,
            UsesOther = true,
        },
        new("scope handed on", "$Scope scope = page.Restore(); $Scope last = scope; last.Dispose(); $body") { Remaps = true },
        new("scope ended by a call", "$Scope scope = page.Restore(); End(scope); $body") { Remaps = true },
        new(
            "scope ended in a condition",
            "$Scope scope = page.Restore(); try { Elsewhere.MayThrow(flag); } catch (OperationCanceledException) { scope.Dispose(); } $body")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new(
            "scope of TryRestore, thrown",
            "try { if (!page.TryRestore(out $Scope scope)) { return; } using (scope) { Elsewhere.MayThrow(flag); } } catch (OperationCanceledException) { $body }")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new(
            "optimized in finally",
            "if (page.IsOptimized) { return; } try { n += 0; } finally { $Layout.TryOptimize(vmemmap, cpu, page); } $body")
        {
            Remaps = true,
        },
        new(
            "optimized in catch",
            "if (page.IsOptimized) { return; } try { Elsewhere.MayThrow(flag); } catch (OperationCanceledException) { $Layout.TryOptimize(vmemmap, cpu, page); } $body")
        {
            Remaps = true,
            UsesFlag = true,
        },
        new(
            "optimized by foreach",
            "foreach ($Page q in new[] { page }) { if (!q.IsOptimized) { $Layout.TryOptimize(vmemmap, cpu, page); } } if (flag) { $body }")
        {
            Remaps = true,
            UsesFlag = true,
        },
    ];

    private static readonly StateForm[] Parameters =
    [
        new("marked parameter", "{0}(All(page), n, flag);")
        {
            Judged = "private static unsafe void {0}([$Mark] Span<StructPage> tail, long n, bool flag) { $body }",
            Span = "tail",
            Gives = Through.Span,
            Admits = States.Optimized,
        },
        new("marked parameter, looked at", "{0}(page, All(page), n, flag);")
        {
            Judged = "private static unsafe void {0}($Page page, [$Mark] Span<StructPage> tail, long n, bool flag) { if (!page.IsOptimized) { return; } $body }",
            Span = "tail",
            Gives = Through.Span,
        },
    ];

    public static IReadOnlyList<StateForm> All { get; } = [.. Branches, .. Scopes, .. Transitions, .. Calls, .. Aliases, .. Kept, .. Counts, .. Traps, .. Parameters];
}
