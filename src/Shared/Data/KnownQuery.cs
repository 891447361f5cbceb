using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Labeler.Shared.Data;

/// <summary>
/// A query that every request asks. It is translated once for each model, which is once for each kind of database; after that asking it
/// neither builds its expression nor looks for what that was translated to, which costs more than the database's own work with a key.
/// </summary>
/// <param name="compile">Makes it, by <c>EF.CompileAsyncQuery</c>.</param>
/// <typeparam name="TAsk">The delegate that asks.</typeparam>
public sealed class KnownQuery<TAsk>(Func<TAsk> compile)
    where TAsk : Delegate
{
    private readonly ConditionalWeakTable<IModel, TAsk> _compiled = [];

    /// <summary>What asks this database.</summary>
    public TAsk On(LabelerDb db) => _compiled.GetValue(db.Model, _ => compile());
}
