//! The graph as a picture.

use std::fmt::Write as _;

use super::layout::{Area, BESIDE, Layout, ROW, width};
use super::{Card, Graph, Row};
use crate::shown::xml;

/// Around the whole picture, and above it for its title.
const MARGIN: f64 = 20.0;
const TITLE: f64 = 28.0;

/// A picture has its own ground, so it can be read on a page of any colour.
const STYLE: &str = "\
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}\
.ground{fill:#ffffff}.title{font-weight:600}.card{fill:#f6f8fa;stroke:#8c959f}\
.line{stroke:#d0d7de}.way{fill:none;stroke:#8c959f;stroke-width:1.5}.choice{fill:#57606a}\
.app{fill:#dafbe1}.composite{fill:#ddf4ff}.error{fill:#ffebe9}.end{font-weight:600}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}\
.card{fill:#161b22;stroke:#6e7681}.line{stroke:#30363d}.way{stroke:#6e7681}.choice{fill:#9198a1}\
.app{fill:#12361f}.composite{fill:#10304f}.error{fill:#4b1113}}";

impl Graph {
    /// An SVG picture that needs nothing else: readable in the light and in the dark. Each card is what
    /// follows one another, outermost first; pointing at a row shows its factory and its place.
    pub fn to_svg(&self) -> String {
        let layout = Layout::of(self);
        let title = format!("{} (outermost first)", self.title);
        let wide = layout.width.max(width(&title)) + 2.0 * MARGIN;
        let high = layout.height + TITLE + 2.0 * MARGIN;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{wide:.0}\" \
             height=\"{high:.0}\" viewBox=\"0 0 {wide:.0} {high:.0}\">\n<title>{}</title>\n\
             <style>{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n",
            xml(&self.title)
        );
        let _ = writeln!(
            svg,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            MARGIN + 12.0,
            xml(&title)
        );
        let _ = writeln!(svg, "<g transform=\"translate({MARGIN} {})\">", MARGIN + TITLE);
        for (card, area) in self.cards.iter().zip(&layout.areas) {
            if let (Some(parent), Some(label)) = (card.parent, &card.label) {
                let from = layout.areas[parent];
                way(&mut svg, from, *area, label, layout.labels[card.depth]);
            }
        }
        for (nth, (card, area)) in self.cards.iter().zip(&layout.areas).enumerate() {
            draw(&mut svg, card, *area, nth);
        }
        svg.push_str("</g>\n</svg>\n");
        svg
    }
}

/// From the last row of a card to the first of another, with the choice on a level end.
fn way(svg: &mut String, from: Area, to: Area, label: &str, labels: f64) {
    let (x1, y1) = (from.x + from.width, from.y + from.height - ROW / 2.0);
    let (x2, y2) = (to.x - labels, to.y + ROW / 2.0);
    let middle = (x1 + x2) / 2.0;
    let _ = writeln!(
        svg,
        "<path class=\"way\" d=\"M{x1:.1} {y1:.1}C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}\
         H{:.1}\"/>",
        to.x
    );
    let _ = writeln!(
        svg,
        "<text class=\"choice\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        x2 + BESIDE,
        y2 - 5.0,
        xml(label)
    );
}

fn draw(svg: &mut String, card: &Card, area: Area, nth: usize) {
    let Area { x, y, width, height } = area;
    let shape =
        format!("x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\"");
    let _ = writeln!(svg, "<clipPath id=\"c{nth}\"><rect {shape}/></clipPath>");
    let _ = writeln!(svg, "<rect class=\"card\" {shape}/>");
    let last = card.rows.len().saturating_sub(1);
    for (at, row) in card.rows.iter().enumerate() {
        let top = y + at as f64 * ROW;
        let _ = writeln!(svg, "<g><title>{}</title>", xml(&told(row)));
        if at == last {
            let _ = writeln!(
                svg,
                "<rect class=\"{}\" clip-path=\"url(#c{nth})\" x=\"{x:.1}\" y=\"{top:.1}\" \
                 width=\"{width:.1}\" height=\"{ROW}\"/>",
                row.kind
            );
        }
        if at > 0 {
            let right = x + width;
            let _ = writeln!(svg, "<path class=\"line\" d=\"M{x:.1} {top:.1}H{right:.1}\"/>");
        }
        let class = if at == last { " class=\"end\"" } else { "" };
        let (left, base) = (x + BESIDE, top + 16.0);
        let _ = writeln!(
            svg,
            "<text{class} x=\"{left:.1}\" y=\"{base:.1}\">{}</text></g>",
            xml(&row.name)
        );
    }
    let _ = writeln!(svg, "<rect class=\"card\" style=\"fill:none\" {shape}/>");
}

/// What is shown of a row that is pointed at.
fn told(row: &Row) -> String {
    let section = row.section.as_ref().map(|section| format!("[{section}]"));
    let parts = [section.as_deref(), Some(&row.reference), row.place.as_deref()];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}
