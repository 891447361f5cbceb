using Labeler.Shared.Photos;
using Labeler.Shared.Photos.Captions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Photos;

/// <summary>Registers what imports photos and describes them.</summary>
public static class PhotosSetup
{
    /// <summary>Bytes of a form around an uploaded zip.</summary>
    internal const long FormBytes = 64 * 1024;

    public static IServiceCollection AddPhotos(this IServiceCollection services)
    {
        services.AddOptions<ImportLimits>().BindConfiguration(ImportLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CaptionOptions>().BindConfiguration(CaptionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // How large a body may be is said by each endpoint; this is only what a form may hold of it.
        services.AddOptions<FormOptions>()
            .Configure<IOptions<ImportLimits>>((form, limits) => form.MultipartBodyLengthLimit = limits.Value.MaxZipBytes + FormBytes);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ImportLimits>>().Value);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CaptionOptions>>().Value);
        // Each request has its own patience, and a redirect must not carry pictures and key to another host.
        services.AddSingleton(provider => new Captioner(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan },
                provider.GetRequiredService<CaptionOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PhotoImport>().AddSingleton<IJobHandler>(provider => provider.GetRequiredService<PhotoImport>());
        services.AddSingleton<CaptionRun>().AddSingleton<IJobHandler>(provider => provider.GetRequiredService<CaptionRun>());
        return services.AddSingleton<PhotoUpload>().AddHostedService<PhotoHost>();
    }
}
