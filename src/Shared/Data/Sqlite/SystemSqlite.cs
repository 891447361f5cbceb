using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using SQLitePCL;

namespace Labeler.Shared.Data.Sqlite;

/// <summary>
/// Lets Entity Framework use the system's libsqlite3. Its usual bundle is absent from the package registry (build/README.md, gap 1);
/// where it is there, delete this file and reference Microsoft.EntityFrameworkCore.Sqlite.
/// </summary>
public static class SystemSqlite
{
    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>Call before the first use of SQLite. Further calls do nothing.</summary>
    public static void Use() => _ = Registered.Value;

    private static bool Register()
    {
        // Entity Framework asks for SQLitePCLRaw 2.1; the 2.0 beside the application has all that it calls.
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            var file = Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");
            return name.Name?.StartsWith("SQLitePCLRaw.", StringComparison.Ordinal) == true && File.Exists(file)
                ? context.LoadFromAssemblyPath(file)
                : null;
        };
        SetProvider();
        return true;
    }

    // A method of its own, so that its types are looked up after the handler above is in place.
    private static void SetProvider()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Load);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
    }

    private static IntPtr Load(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return IntPtr.Zero;
        }
        return NativeLibrary.TryLoad("libsqlite3.so.0", out var library)
            ? library
            : throw new LabelerException("SQLite is missing: install the package libsqlite3-0.");
    }
}
