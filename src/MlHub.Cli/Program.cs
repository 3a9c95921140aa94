Console.Error.WriteLine("mlhub: nothing here yet");
return 1;
