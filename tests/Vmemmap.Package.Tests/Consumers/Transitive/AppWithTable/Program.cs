System.Console.WriteLine(AppWithTable.Wide.Name + " " + Target.Name);
