using System.CommandLine;

var root = new RootCommand("Samples, trains and checks diffusion models for Labeler.");
return root.Parse(args).Invoke();
