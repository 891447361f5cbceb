using Microsoft.AspNetCore.Authorization;

namespace Labeler.Web.Security;

/// <summary>Admits whoever holds the role where it is asked for.</summary>
internal sealed class RoleThere(Access access) : AuthorizationHandler<Policies.AtLeast>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Policies.AtLeast requirement)
    {
        if (context.User.Identity?.IsAuthenticated != true)
        {
            return;
        }
        var viewer = context.User.Viewer();
        // Without a request it is a part of a page, outside of projects or for admins.
        var role = context.Resource is HttpContext request ? await access.In(request, viewer) : viewer.Everywhere;
        if (role >= requirement.Role)
        {
            context.Succeed(requirement);
        }
        else if (role == ProjectRole.None)
        {
            context.Fail(new(this, NotFoundForStrangers.NoMember));
        }
    }
}
