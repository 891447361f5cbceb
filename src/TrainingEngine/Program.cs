using System.CommandLine;
using Labeler.TrainingEngine.Commands;

var root = new RootCommand("Samples, trains and checks diffusion models for Labeler.")
{
    InfoCommand.Create(),
    SampleCommand.Create(),
    TrainCommand.Create(),
    StepsCommand.Create(),
    VerifyCommand.Create(),
    BenchCommand.Create(),
    PretrainCommand.Create(),
    RandomModelCommand.Create(),
    MemoryCommand.Create(),
    WorkerCommand.Create(),
    TrainOrderedCommand.Create(),
    ReproduceCommand.Create(),
    AnnotateCommand.Create(),
};
return CommandLine.Run(root, args);
