//! Where the cards of a graph lie: a tidy tree from left to right.
//!
//! Cards of one depth begin at one line. What is behind a card is a block as high as all its parts, and the
//! card lies beside the middle of that.

use unicode_width::UnicodeWidthStr;

use super::Graph;

/// The width of a letter, and the height of a row, of a card's border and between cards.
pub(super) const LETTER: f64 = 7.3;
pub(super) const ROW: f64 = 24.0;
const BETWEEN: f64 = 14.0;
/// Beside a text in a card, and beside one on the way there.
pub(super) const BESIDE: f64 = 14.0;
/// How far ways fan out.
const FAN: f64 = 36.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

pub(super) struct Layout {
    /// Where each card lies.
    pub(super) areas: Vec<Area>,
    /// How wide the choices are that lead to the cards of a depth.
    pub(super) labels: Vec<f64>,
    pub(super) width: f64,
    pub(super) height: f64,
}

pub(super) fn width(text: &str) -> f64 {
    text.width() as f64 * LETTER
}

impl Layout {
    pub(super) fn of(graph: &Graph) -> Layout {
        let cards = &graph.cards;
        let depths = cards.iter().map(|card| card.depth + 1).max().unwrap_or(0);
        let (mut widths, mut labels) = (vec![0.0_f64; depths], vec![0.0_f64; depths]);
        let mut areas = vec![Area::default(); cards.len()];
        for (card, area) in cards.iter().zip(&mut areas) {
            let names = card.rows.iter().map(|row| width(&row.name));
            area.width = names.fold(0.0, f64::max) + 2.0 * BESIDE;
            area.height = card.rows.len() as f64 * ROW;
            widths[card.depth] = widths[card.depth].max(area.width);
            if let Some(label) = &card.label {
                labels[card.depth] = labels[card.depth].max(width(label) + 2.0 * BESIDE);
            }
        }
        let mut left = vec![0.0; depths];
        for depth in 1..depths {
            left[depth] = left[depth - 1] + widths[depth - 1] + FAN + labels[depth];
        }
        // What is behind a card comes after it in the list: from the end, each knows its parts.
        let mut blocks = vec![0.0_f64; cards.len()];
        for (at, card) in cards.iter().enumerate().rev() {
            let behind: f64 = card.children.iter().map(|child| blocks[*child] + BETWEEN).sum();
            blocks[at] = areas[at].height.max(behind - BETWEEN);
        }
        // And from the beginning, each knows where its block is.
        let (mut tops, mut height) = (vec![0.0; cards.len()], 0.0);
        for (at, card) in cards.iter().enumerate() {
            if card.parent.is_none() {
                tops[at] = height;
                height += blocks[at] + 2.0 * BETWEEN;
            }
            areas[at].x = left[card.depth];
            areas[at].y = tops[at] + (blocks[at] - areas[at].height) / 2.0;
            let behind: f64 = card.children.iter().map(|child| blocks[*child] + BETWEEN).sum();
            let mut top = tops[at] + (blocks[at] - (behind - BETWEEN)) / 2.0;
            for child in &card.children {
                tops[*child] = top;
                top += blocks[*child] + BETWEEN;
            }
        }
        let right = areas.iter().map(|area| area.x + area.width).fold(0.0, f64::max);
        Layout { areas, labels, width: right, height: (height - 2.0 * BETWEEN).max(0.0) }
    }
}
