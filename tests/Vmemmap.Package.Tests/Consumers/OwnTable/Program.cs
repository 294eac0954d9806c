using My.Machines;

Console.WriteLine($"{Narrow.Name} {Narrow.PageSize} {Narrow.LevelCount} {Narrow.Huge8M.FreedPagesReserveOne}");
Console.WriteLine(Vmemmap.Architectures.Find("narrow") is null ? "not built in" : "built in");
Console.WriteLine(Vmemmap.Architectures.Of<Narrow>().DefaultHstate.Name);
