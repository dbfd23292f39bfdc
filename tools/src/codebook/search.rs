//! The search for the rows of a block: a beam over the stages of a codebook.
//!
//! After every stage the partial sums with the smallest squared errors are kept, and each is continued with every row of the
//! next stage, turned in every way. What a row `c`, turned, makes of a partial sum whose residual is `r` is
//!
//! ```text
//! |r - g c|^2 = |r|^2 - 2 g <r, c> + g^2 |c|^2
//! ```
//!
//! and `<r, c>` is `<x, c>` less the inner products of `c` with the rows that were picked before. The latter are tabulated
//! for all pairs of rows in all relative turns, so that widening the beam costs a few additions for a row instead of 96
//! multiplications. For `<x, c>` the parts of the coordinates are multiplied once for all four ways to mirror a row.
//!
//! Sums are taken in one order, and nothing is fused or reordered, so that the result is the same on every machine.

use nice_decode::Latent;
use nice_decode::format::{MAX_STAGES, Stage};

use super::coordinates::{self, Coordinates, DIMENSIONS, PART, PARTS};
use super::tables::Tables;

/// Rows that are worked on together.
const LANES: usize = 16;

/// Ways to turn a row.
const TURNS: usize = 8;

/// A number for each of the rows that are worked on together.
pub(crate) type Lane = [f32; LANES];

/// A row of a stage, and how it is turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    /// Which row.
    pub row: u16,
    /// Bit 0 is upside down, bit 1 left to right, bit 2 transposed after that.
    pub turn: u8,
    /// Whether the row is negated.
    pub negative: bool,
}

/// A pick for every stage.
pub type Picks = [Pick; MAX_STAGES];

/// A stage, ready to be searched.
#[derive(Clone, Debug)]
struct Table {
    stage: Stage,
    /// The turns that the stage has.
    turns: u8,
    /// For every [`LANES`] rows, coordinate after coordinate.
    panels: Vec<[Lane; DIMENSIONS]>,
    /// The squared lengths of the rows; infinite where there is none.
    lengths: Vec<Lane>,
    /// For every stage before it, the inner products of its rows with those of this one.
    products: Vec<Products>,
}

/// The tables of a codebook, ready to be searched.
#[derive(Clone, Debug)]
pub struct Search {
    gains: Vec<f32>,
    tables: Vec<Table>,
}

/// The best partial sums so far, and what it takes to continue them.
#[derive(Clone, Debug, Default)]
pub struct Beam {
    items: Vec<Item>,
    next: Vec<Item>,
    best: Best,
    /// `<x, c>` for all rows of a stage in all its turns.
    inner: Vec<Lane>,
    work: Work,
}

/// Room to work in.
#[derive(Clone, Debug, Default)]
struct Work {
    /// What is left of `<x, c>` in one turn.
    sums: Vec<f32>,
    /// The errors with all rows in one turn.
    errors: Vec<Lane>,
}

/// The inner products of the rows of an earlier stage with those of a later one, in all relative turns.
///
/// There are so many of them that memory is what the search waits for, so they are rounded to 16 bits.
#[derive(Clone, Debug)]
struct Products {
    /// Row after row of the earlier stage, turn after turn, the rows of the later stage panel after panel.
    values: Vec<[i16; LANES]>,
    /// What a unit of these is.
    unit: f32,
}

/// A partial sum: the rows picked so far, and the squared error with them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Item {
    /// The rows picked so far.
    pub picks: Picks,
    /// The squared error, samples in 0..1, less that of the fine chroma.
    pub error: f32,
}

/// A way to continue a partial sum.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    error: f32,
    item: u32,
    pick: Pick,
}

impl Search {
    /// Gets tables ready.
    pub fn new(tables: &Tables) -> Self {
        let rows = std::iter::once(&tables.base).chain(&tables.residuals);
        let mut ready: Vec<Table> = Vec::new();
        for (stage, rows) in tables.stages.iter().zip(rows) {
            let mut table = Table::new(*stage, rows);
            let earlier = std::iter::once(&tables.base).chain(&tables.residuals);
            table.products = earlier
                .take(ready.len())
                .map(|earlier| products(earlier, &table))
                .collect();
            ready.push(table);
        }
        Self {
            gains: tables.gains.clone(),
            tables: ready,
        }
    }

    /// The latent that stands for these picks.
    pub fn latent(&self, picks: &Picks) -> Latent {
        let mut bits = 0_u64;
        let mut at = 0;
        for (index, (table, pick)) in self.tables.iter().zip(picks).enumerate() {
            let turn = u64::from(pick.turn);
            let turn = if index == 0 {
                turn
            } else {
                turn << 1 | u64::from(pick.negative)
            };
            let width = u32::from(table.stage.mirrors) + u32::from(index > 0);
            bits |= (u64::from(pick.row) << width | turn) << at;
            at += u32::from(table.stage.bits);
        }
        let [a, b, c, d, e, f, ..] = bits.to_le_bytes();
        [a, b, c, d, e, f]
    }

    /// The best picks for blocks given by their coordinates, on all threads, from a search that keeps `width` partial
    /// sums.
    pub fn picks(&self, blocks: &[Coordinates], width: usize) -> Vec<Picks> {
        use rayon::prelude::*;

        /// Blocks that a thread takes at once.
        const TASK: usize = 64;
        let mut picks = vec![Picks::default(); blocks.len()];
        blocks
            .par_chunks(TASK)
            .zip(picks.par_chunks_mut(TASK))
            .for_each(|(blocks, picks)| crate::wide::picks(self, blocks, picks, width));
        picks
    }

    /// The best `width` ways to pick rows for a block that the search finds, the best first.
    #[inline(always)]
    pub fn find<'a>(&self, x: &Coordinates, width: usize, beam: &'a mut Beam) -> &'a [Item] {
        let across = coordinates::transposed(x);
        let energy = x.iter().fold(0.0, |sum, x| sum + x * x);
        beam.items.clear();
        beam.items.push(Item {
            error: energy,
            ..Item::default()
        });
        for (index, table) in self.tables.iter().enumerate() {
            table.inner(x, &across, &mut beam.inner);
            beam.best.start(width);
            if index == 0 {
                table.scan_base(energy, &beam.inner, &mut beam.best);
            } else {
                for item in beam.items.iter().enumerate() {
                    let gain = self.gains[usize::from(item.1.picks[0].row)];
                    table.scan(
                        item,
                        index,
                        gain,
                        &beam.inner,
                        &mut beam.work,
                        &mut beam.best,
                    );
                }
            }
            beam.next.clear();
            for candidate in beam.best.finish() {
                let mut item = beam.items[candidate.item as usize];
                item.picks[index] = candidate.pick;
                item.error = candidate.error;
                beam.next.push(item);
            }
            std::mem::swap(&mut beam.items, &mut beam.next);
        }
        &beam.items
    }
}

impl Table {
    fn new(stage: Stage, rows: &[Coordinates]) -> Self {
        let mut panels = vec![[[0.0; LANES]; DIMENSIONS]; rows.len().div_ceil(LANES)];
        let mut lengths = vec![[f32::INFINITY; LANES]; panels.len()];
        for (at, row) in rows.iter().enumerate() {
            let (panel, lane) = (at / LANES, at % LANES);
            for (to, value) in panels[panel].iter_mut().zip(row) {
                to[lane] = *value;
            }
            lengths[panel][lane] = row.iter().fold(0.0, |sum, value| sum + value * value);
        }
        Self {
            stage,
            turns: 1 << stage.mirrors,
            panels,
            lengths,
            products: Vec::new(),
        }
    }

    /// `<x, c>` for all rows in all turns of the stage: turn after turn, in each panel after panel.
    #[inline(always)]
    fn inner(&self, x: &Coordinates, across: &Coordinates, to: &mut Vec<Lane>) {
        let panels = self.panels.len();
        to.resize(usize::from(self.turns) * panels, [0.0; LANES]);
        for (at, panel) in self.panels.iter().enumerate() {
            for (transpose, x) in [x, across].into_iter().enumerate() {
                if transpose * 4 >= usize::from(self.turns) {
                    break;
                }
                let parts = part_products(panel, x);
                for mirror in 0..self.turns.min(4) {
                    to[(transpose * 4 + usize::from(mirror)) * panels + at] =
                        mirrored(&parts, mirror);
                }
            }
        }
    }

    /// Offers all base rows.
    #[inline(always)]
    fn scan_base(&self, energy: f32, inner: &[Lane], best: &mut Best) {
        for (turn, inner) in (0..self.turns).zip(inner.chunks_exact(self.panels.len())) {
            for (panel, (inner, lengths)) in inner.iter().zip(&self.lengths).enumerate() {
                let mut errors = [0.0; LANES];
                for ((error, inner), length) in errors.iter_mut().zip(inner).zip(lengths) {
                    *error = energy - 2.0 * inner + length;
                }
                best.offer(&errors, |lane| Candidate {
                    error: errors[lane],
                    item: 0,
                    pick: Pick {
                        row: (panel * LANES + lane) as u16,
                        turn,
                        negative: false,
                    },
                });
            }
        }
    }

    /// Offers all ways to continue a partial sum, the `at`th, with a row of this stage.
    #[inline(always)]
    fn scan(
        &self,
        (at, item): (usize, &Item),
        index: usize,
        gain: f32,
        inner: &[Lane],
        work: &mut Work,
        best: &mut Best,
    ) {
        let panels = self.panels.len();
        let weights = Weights {
            error: item.error,
            twice: 2.0 * gain,
            square: gain * gain,
        };
        let lengths = self.lengths.as_flattened();
        work.errors.resize(panels, [0.0; LANES]);
        let mut earlier = [Earlier::default(); MAX_STAGES];
        let earlier = &mut earlier[..index];
        for (turn, inner) in (0..self.turns).zip(inner.chunks_exact(panels)) {
            let picks = item.picks.iter().zip(&self.products);
            for (before, (to, (pick, products))) in earlier.iter_mut().zip(picks).enumerate() {
                let relative = usize::from(coordinates::relative(pick.turn, turn));
                let from = (usize::from(pick.row) * TURNS + relative) * panels;
                let weight = match (before, pick.negative) {
                    (0, _) => 1.0,
                    (_, false) => gain,
                    (_, true) => -gain,
                };
                *to = Earlier {
                    weight: weight * products.unit,
                    products: products.values[from..from + panels].as_flattened(),
                };
            }
            // Three of them are taken off and the errors made in one go; if there are more, the first of them before.
            let (first, last) = earlier.split_at(index.saturating_sub(3));
            let mut inner = inner.as_flattened();
            if !first.is_empty() {
                work.sums.clear();
                work.sums.extend_from_slice(inner);
                for earlier in first {
                    for (sum, &product) in work.sums.iter_mut().zip(earlier.products) {
                        *sum -= earlier.weight * f32::from(product);
                    }
                }
                inner = &work.sums;
            }
            let errors = work.errors.as_flattened_mut();
            match *last {
                [a] => weights.errors_1(inner, [a], lengths, errors),
                [a, b] => weights.errors_2(inner, [a, b], lengths, errors),
                [a, b, c] => weights.errors_3(inner, [a, b, c], lengths, errors),
                _ => {
                    unreachable!("a stage that is searched in has one, two or three before it here")
                }
            }
            for (panel, errors) in work.errors.iter().enumerate() {
                best.offer(errors, |lane| {
                    let place = panel * LANES + lane;
                    let sum = last.iter().fold(inner[place], |sum, earlier| {
                        sum - earlier.weight * f32::from(earlier.products[place])
                    });
                    Candidate {
                        error: errors[lane],
                        item: at as u32,
                        pick: Pick {
                            row: place as u16,
                            turn,
                            negative: sum < 0.0,
                        },
                    }
                });
            }
        }
    }
}

/// The inner products of a row that was picked before with all rows of a stage, and what a unit of them counts.
#[derive(Clone, Copy, Debug, Default)]
struct Earlier<'a> {
    weight: f32,
    products: &'a [i16],
}

/// What makes errors of inner products.
#[derive(Clone, Copy, Debug)]
struct Weights {
    error: f32,
    twice: f32,
    square: f32,
}

impl Weights {
    /// The error with a row: of the row and its negative, the one that points the same way is always better.
    #[inline(always)]
    fn of(self, sum: f32, length: f32) -> f32 {
        self.error - self.twice * sum.abs() + self.square * length
    }

    /// The errors with all rows, behind one that was picked before. One flat loop, as the next two: of nested ones the
    /// compiler makes gathers.
    #[inline(always)]
    fn errors_1(self, inner: &[f32], [a]: [Earlier<'_>; 1], lengths: &[f32], errors: &mut [f32]) {
        let rows = inner.iter().zip(a.products).zip(lengths);
        for (error, ((inner, &pa), length)) in errors.iter_mut().zip(rows) {
            *error = self.of(inner - a.weight * f32::from(pa), *length);
        }
    }

    /// The same behind two.
    #[inline(always)]
    fn errors_2(
        self,
        inner: &[f32],
        [a, b]: [Earlier<'_>; 2],
        lengths: &[f32],
        errors: &mut [f32],
    ) {
        let rows = inner.iter().zip(a.products).zip(b.products).zip(lengths);
        for (error, (((inner, &pa), &pb), length)) in errors.iter_mut().zip(rows) {
            let sum = inner - a.weight * f32::from(pa) - b.weight * f32::from(pb);
            *error = self.of(sum, *length);
        }
    }

    /// The same behind three.
    #[inline(always)]
    fn errors_3(
        self,
        inner: &[f32],
        [a, b, c]: [Earlier<'_>; 3],
        lengths: &[f32],
        errors: &mut [f32],
    ) {
        let rows = inner.iter().zip(a.products).zip(b.products);
        let rows = rows.zip(c.products).zip(lengths);
        for (error, ((((inner, &pa), &pb), &pc), length)) in errors.iter_mut().zip(rows) {
            let sum = inner - a.weight * f32::from(pa) - b.weight * f32::from(pb);
            let sum = sum - c.weight * f32::from(pc);
            *error = self.of(sum, *length);
        }
    }
}

/// The best ways to continue that were found so far, and some more.
#[derive(Clone, Debug, Default)]
struct Best {
    width: usize,
    /// Nothing worse than this can be among the best.
    limit: f32,
    list: Vec<Candidate>,
}

impl Best {
    /// Gets ready to find the best `width`.
    fn start(&mut self, width: usize) {
        self.width = width.max(1);
        self.limit = f32::INFINITY;
        self.list.clear();
    }

    /// Takes note of the candidates whose errors these are.
    #[inline(always)]
    fn offer(&mut self, errors: &Lane, candidate: impl Fn(usize) -> Candidate) {
        // Hardly ever is there one.
        let mut any = false;
        for error in errors {
            any |= *error < self.limit;
        }
        if any {
            for (lane, error) in errors.iter().enumerate() {
                if *error < self.limit {
                    self.list.push(candidate(lane));
                }
            }
            if self.list.len() >= 4 * self.width + LANES {
                self.prune();
            }
        }
    }

    /// Forgets all but the best.
    #[inline(never)]
    fn prune(&mut self) {
        if self.list.len() > self.width {
            let (_, worst, _) = self
                .list
                .select_nth_unstable_by(self.width - 1, Candidate::order);
            self.limit = worst.error;
            self.list.truncate(self.width);
        }
    }

    /// The best, in their order.
    fn finish(&mut self) -> &[Candidate] {
        self.prune();
        self.list.sort_unstable_by(Candidate::order);
        &self.list
    }
}

impl Candidate {
    /// Better candidates first; of equally good ones, those that are looked at first, so that there is one order.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let place = |of: &Self| (of.item, of.pick.turn, of.pick.row);
        self.error
            .total_cmp(&other.error)
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// The inner products of the parts of a block with those of some rows.
#[inline(always)]
fn part_products(panel: &[Lane; DIMENSIONS], x: &Coordinates) -> [Lane; PARTS] {
    let (rows, _) = panel.as_chunks::<PART>();
    let (x, _) = x.as_chunks::<PART>();
    let mut sums = [[0.0; LANES]; PARTS];
    for ((sums, x), rows) in sums.iter_mut().zip(x).zip(rows) {
        // Two chains of additions, since one would wait for itself.
        let [mut even, mut odd] = [[0.0; LANES]; 2];
        for (x, rows) in x.as_chunks::<2>().0.iter().zip(rows.as_chunks::<2>().0) {
            even = std::array::from_fn(|lane| even[lane] + x[0] * rows[0][lane]);
            odd = std::array::from_fn(|lane| odd[lane] + x[1] * rows[1][lane]);
        }
        *sums = std::array::from_fn(|lane| even[lane] + odd[lane]);
    }
    sums
}

/// The inner products with rows that are mirrored, from those of the parts.
#[inline(always)]
fn mirrored(parts: &[Lane; PARTS], mirror: u8) -> Lane {
    let signs: [f32; PARTS] = std::array::from_fn(|part| coordinates::sign(mirror, part));
    std::array::from_fn(|lane| {
        parts[0][lane]
            + signs[1] * parts[1][lane]
            + signs[2] * parts[2][lane]
            + signs[3] * parts[3][lane]
    })
}

/// The inner products of every row of an earlier stage with all rows of this one in all turns.
fn products(earlier: &[Coordinates], table: &Table) -> Products {
    use rayon::prelude::*;

    let panels = table.panels.len();
    let mut exact = vec![[0.0; LANES]; earlier.len() * TURNS * panels];
    exact
        .par_chunks_mut(TURNS * panels)
        .zip(earlier)
        .with_min_len(8)
        .for_each(|(to, row)| crate::wide::pair_products(&table.panels, row, to));
    let largest = exact
        .as_flattened()
        .iter()
        .fold(f32::MIN_POSITIVE, |largest, product| {
            largest.max(product.abs())
        });
    let unit = largest / f32::from(i16::MAX);
    let values = exact
        .par_iter()
        .with_min_len(1 << 12)
        .map(|exact| exact.map(|product| (product / unit).round() as i16))
        .collect();
    Products { values, unit }
}

/// As [`products`] for one row, compiled into its caller.
#[inline(always)]
pub(crate) fn pair_products_inline(
    panels: &[[Lane; DIMENSIONS]],
    row: &Coordinates,
    to: &mut [Lane],
) {
    // `<a, turned(b, t)>` with a transposition is that of `transposed(a)` and b mirrored.
    let across = coordinates::transposed(row);
    for (at, panel) in panels.iter().enumerate() {
        for (transpose, row) in [row, &across].into_iter().enumerate() {
            let parts = part_products(panel, row);
            for mirror in 0..4_u8 {
                to[(transpose * 4 + usize::from(mirror)) * panels.len() + at] =
                    mirrored(&parts, mirror);
            }
        }
    }
}
