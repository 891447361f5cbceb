using System.Linq.Expressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Rendering;

namespace Labeler.Web.Components.Languages;

/// <summary>What is wrong with one field of a form, in the language of the page; the framework's own component knows only one.</summary>
public sealed class FieldFault : ComponentBase, IDisposable
{
    [Parameter] public Expression<Func<object?>>? For { get; set; }

    /// <summary>Where a component is told its field by somebody else.</summary>
    [Parameter] public FieldIdentifier? Field { get; set; }
    [CascadingParameter] private EditContext Form { get; set; } = null!;
    [Inject] private IStringLocalizer<Texts> L { get; set; } = null!;

    public void Dispose() => Form.OnValidationStateChanged -= Changed;

    protected override void OnInitialized() => Form.OnValidationStateChanged += Changed;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        foreach (var fault in Form.GetValidationMessages(Field ?? FieldIdentifier.Create(For!)))
        {
            builder.OpenElement(0, "div");
            builder.AddAttribute(1, "class", "validation-message");
            builder.AddContent(2, L[fault].Value);
            builder.CloseElement();
        }
    }

    private void Changed(object? sender, ValidationStateChangedEventArgs e) => StateHasChanged();
}
