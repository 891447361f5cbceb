using Bunit;
using Labeler.Shared.Projects;
using Labeler.Web.Components.Forms;
using Labeler.Web.Features.Projects;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class SettingInputsTests : BunitContext
{
    public SettingInputsTests() => Services.AddLocalization();

    [Fact]
    public void Every_option_has_a_label_and_a_help_text_that_belong_to_its_input()
    {
        var inputs = Render<SettingInputs>(c => c.Add(x => x.Fields, ProjectForm.Training).Add(x => x.Settings, new TrainingOptions()));
        Assert.Equal(ProjectForm.Training.Count, inputs.FindAll(".field").Count);
        foreach (var field in inputs.FindAll(".field"))
        {
            var input = field.QuerySelector("input, select")!;
            var label = field.QuerySelector("label")!;
            Assert.True(label.Contains(input) || label.GetAttribute("for") == input.Id, field.OuterHtml);
            Assert.Equal(field.QuerySelector(".help")!.Id, input.GetAttribute("aria-describedby"));
            Assert.NotEqual("", label.TextContent.Trim());
        }
    }

    [Fact]
    public void Numbers_texts_switches_and_choices_have_inputs_of_their_kind_with_the_values_that_hold()
    {
        var training = Render<SettingInputs>(c => c.Add(x => x.Fields, ProjectForm.Training).Add(x => x.Settings, new TrainingOptions { LearningRate = 0.00003, Passes = 3, Adapter = AdapterKind.Full }));
        var rate = training.Find("[name='Training.LearningRate']");
        Assert.Equal(("3e-5", "decimal"), (rate.GetAttribute("value"), rate.GetAttribute("inputmode")));
        var passes = training.Find("[name='Training.Passes']");
        Assert.Equal(("3", "numeric"), (passes.GetAttribute("value"), passes.GetAttribute("inputmode")));
        Assert.Equal("Full", Assert.Single(training.FindAll("[name='Training.Adapter'] option[selected]")).GetAttribute("value"));

        var general = Render<SettingInputs>(c => c.Add(x => x.Fields, ProjectForm.General).Add(x => x.Settings, new ProjectSettings { Blurred = true, SensitiveKind = "a \"quoted\" word" }));
        Assert.True(general.Find("[name='Settings.Blurred']").HasAttribute("checked"));
        Assert.Equal("a \"quoted\" word", general.Find("[name='Settings.SensitiveKind']").GetAttribute("value"));
    }
}
