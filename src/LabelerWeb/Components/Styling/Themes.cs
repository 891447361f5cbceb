using MudBlazor;

namespace Labeler.Web.Components.Styling;

/// <summary>MudBlazor's colors, sizes and letters as the rest of the application has them.</summary>
public static class Themes
{
    private static readonly string[] Fonts = ["system-ui", "sans-serif"];

    public static MudTheme Of(Tokens tokens) => new()
    {
        PaletteLight = Filled(new PaletteLight(), tokens.Light),
        PaletteDark = Filled(new PaletteDark(), tokens.Dark),
        LayoutProperties = new() { DefaultBorderRadius = "6px", AppbarHeight = "52px", DrawerWidthLeft = "280px" },
        Typography = new()
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".9375rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography
            {
                FontFamily = Fonts,
                FontSize = ".9375rem",
                FontWeight = "600",
                TextTransform = "none",
                LetterSpacing = "normal"
            },
            Body1 = new Body1Typography { FontFamily = Fonts, FontSize = ".9375rem", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Fonts, FontSize = ".8125rem", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontFamily = Fonts, FontSize = ".8125rem", FontWeight = "600", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = Fonts, FontSize = "1.125rem", FontWeight = "600", LetterSpacing = "normal" },
        },
    };

    private static T Filled<T>(T palette, Func<string, string> color) where T : Palette
    {
        palette.Primary = palette.Info = color("accent");
        palette.PrimaryContrastText = palette.InfoContrastText = color("on-accent");
        palette.Secondary = palette.ActionDefault = color("text-2");
        palette.Tertiary = color("series-3");
        palette.Success = color("good");
        palette.Warning = color("warn");
        palette.Error = color("bad");
        palette.SecondaryContrastText = palette.TertiaryContrastText = palette.SuccessContrastText = color("on-accent");
        palette.WarningContrastText = palette.ErrorContrastText = color("on-accent");
        palette.Dark = palette.TextPrimary = palette.DrawerText = palette.AppbarText = color("text");
        palette.DarkContrastText = palette.Surface = palette.DrawerBackground = palette.AppbarBackground = color("surface");
        palette.TextSecondary = palette.DrawerIcon = color("text-2");
        palette.TextDisabled = palette.ActionDisabled = color("text-3");
        palette.ActionDisabledBackground = palette.BackgroundGray = palette.TableHover = palette.TableStriped = color("surface-2");
        palette.Background = color("bg");
        palette.LinesDefault = palette.TableLines = palette.Divider = palette.DividerLight = color("line");
        palette.LinesInputs = color("line-strong");
        palette.Skeleton = color("surface-3");
        return palette;
    }
}
