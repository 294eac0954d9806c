Module Program
    Sub Main()
        System.Console.WriteLine(Global.Vmemmap.X64.Huge2M.FreedPagesReserveOne)
    End Sub
End Module
