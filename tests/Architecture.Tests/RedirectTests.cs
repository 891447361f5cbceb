using Mono.Cecil;

namespace Architecture.Tests;

public sealed class RedirectTests
{
    // An address that somebody sent may lead elsewhere, or hold what no header can: the one place looks at it.
    [Fact]
    public void Endpoints_redirect_by_one_method_alone()
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, "LabelerWeb.dll"));
        var redirecting = from type in module.GetTypes()
                          from method in type.Methods
                          where method.HasBody
                          from instruction in method.Body.Instructions
                          where instruction.Operand is MethodReference { DeclaringType.Name: "Results" or "TypedResults" or "HttpResponse", Name: "LocalRedirect" or "Redirect" or "RedirectToRoute" }
                          select $"{method.DeclaringType.FullName}.{method.Name}";
        Assert.Equal(["Labeler.Web.Security.LocalAddress.Redirect"], redirecting.Distinct());
    }
}
