//! The colors of pages and charts, for light and dark pages.

/// A color of pages and charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// The background of the page.
    Page,
    /// The background of cards and charts.
    Card,
    /// Text.
    Ink,
    /// Text of less importance, and axes.
    Muted,
    /// Borders and grid lines.
    Line,
    /// The main color of data.
    Blue,
    /// A second color of data, and notes.
    Orange,
    /// A color of data.
    Violet,
    /// A color of data.
    Green,
    /// Data that indicate a problem.
    Red,
}

impl Color {
    /// All colors.
    const ALL: [Self; 10] = [
        Self::Page,
        Self::Card,
        Self::Ink,
        Self::Muted,
        Self::Line,
        Self::Blue,
        Self::Orange,
        Self::Violet,
        Self::Green,
        Self::Red,
    ];

    /// The name, which is that of a CSS variable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Card => "card",
            Self::Ink => "ink",
            Self::Muted => "muted",
            Self::Line => "line",
            Self::Blue => "blue",
            Self::Orange => "orange",
            Self::Violet => "violet",
            Self::Green => "green",
            Self::Red => "red",
        }
    }

    /// The hexadecimal codes on a light and a dark page.
    const fn codes(self) -> [&'static str; 2] {
        match self {
            Self::Page => ["#f4f6f8", "#0d1117"],
            Self::Card => ["#ffffff", "#161b22"],
            Self::Ink => ["#1c242e", "#e6ebf1"],
            Self::Muted => ["#5d6874", "#94a0ae"],
            Self::Line => ["#e0e5ea", "#2c343e"],
            Self::Blue => ["#2e6cd6", "#69a0ff"],
            Self::Orange => ["#b3540d", "#f0a35e"],
            Self::Violet => ["#7a45b8", "#c39bf5"],
            Self::Green => ["#1d7f4f", "#58c48d"],
            Self::Red => ["#cf343c", "#ff7070"],
        }
    }

    /// The hexadecimal code on a light page.
    #[cfg(feature = "png")]
    pub(crate) const fn light(self) -> &'static str {
        let [light, _] = self.codes();
        light
    }
}

/// The CSS variables of all colors, and the rules of charts that use them.
pub(crate) fn page_css() -> String {
    let variables = |theme: usize| -> String {
        Color::ALL
            .iter()
            .map(|color| format!(" --{}: {};", color.name(), color.codes()[theme]))
            .collect()
    };
    let (light, dark) = (variables(0), variables(1));
    let charts = chart_css(|color| format!("var(--{})", color.name()));
    format!(
        ":root {{ color-scheme: light dark;{light} }}\n@media (prefers-color-scheme: dark) {{ :root {{{dark} }} }}\n{charts}"
    )
}

/// The rules of charts, with colors from `value`.
pub(crate) fn chart_css(value: impl Fn(Color) -> String) -> String {
    Color::ALL
        .iter()
        .map(|color| {
            let (name, value) = (color.name(), value(*color));
            format!(
                ".fill-{name} {{ fill: {value}; }}\n.stroke-{name} {{ fill: none; stroke: {value}; }}\n"
            )
        })
        .collect()
}
