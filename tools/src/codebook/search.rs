//! The search for the rows of a block: a beam over the stages of a codebook.
//!
//! After every stage the partial sums with the smallest squared errors are kept, more of them for blocks that are hard, and each is continued with every row of the
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
//! Hardly any of the ways to continue is good enough. They are told apart in 16 bits, coarsely but never wrongly: with an
//! allowance for the rounding, whatever could be among the best passes, and only then is its error calculated.
//!
//! Sums are taken in one order, and nothing is fused or reordered, so that the result is the same on every machine.

use nice_decode::format::{MAX_STAGES, Stage};
use nice_decode::{BLOCK_SAMPLES, Latent};

use super::coordinates::{self, Coordinates, DIMENSIONS, PART, PARTS};
use super::tables::Tables;

/// The squared error behind the base at which as many partial sums are kept as are asked for.
const TYPICAL: f32 = 0.8;

/// How many times as many partial sums as are asked for are kept at most, and what fraction of them at least.
const MOST: usize = 6;
const LEAST: usize = 8;

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
    /// The same in units of `length`, rounded down.
    coarse_lengths: Vec<[i16; LANES]>,
    length: f32,
    /// For every stage before it, the inner products of its rows with those of this one.
    products: Vec<Products>,
    /// What a unit of inner products is where they are coarse.
    unit: f32,
    /// The longest residual of which no coarse inner product with a row is too large for 16 bits, squared.
    reach: f32,
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
    /// The same, coarsely.
    coarse: Vec<[i16; LANES]>,
    work: Work,
}

/// Room to work in.
#[derive(Clone, Debug, Default)]
struct Work {
    /// What is left of the coarse inner products in one turn.
    sums: Vec<i16>,
    /// By how much they are large enough, in one turn.
    margins: Vec<i16>,
    /// The rows of which they are.
    places: Vec<u16>,
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

/// A way to continue a partial sum, as one number: the smaller, the better. Of equally good ones those that are looked
/// at first are better, so that there is one order.
///
/// From the highest bit: the error (32 bits), which partial sum (12), how the row is turned (3), which row (16), whether
/// it is negated (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate(u64);

impl Search {
    /// Gets tables ready.
    pub fn new(tables: &Tables) -> Self {
        let rows = std::iter::once(&tables.base).chain(&tables.residuals);
        let mut ready: Vec<Table> = Vec::new();
        for (stage, rows) in tables.stages.iter().zip(rows) {
            let mut table = Table::new(*stage, rows);
            let earlier = std::iter::once(&tables.base).chain(&tables.residuals);
            let exact: Vec<_> = earlier
                .take(ready.len())
                .map(|earlier| products(earlier, &table))
                .collect();
            table.round(&exact, &tables.gains);
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

    /// The best ways to pick rows for a block that the search finds, the best first: about `width` of them, fewer for a
    /// block that is easy, more for one that is hard.
    #[inline(always)]
    pub fn find<'a>(&self, x: &Coordinates, width: usize, beam: &'a mut Beam) -> &'a [Item] {
        let across = coordinates::transposed(x);
        let mut kept = width * MOST;
        let energy = x.iter().fold(0.0, |sum, x| sum + x * x);
        beam.items.clear();
        beam.items.push(Item {
            error: energy,
            ..Item::default()
        });
        for (index, table) in self.tables.iter().enumerate() {
            table.inner(x, &across, &mut beam.inner);
            beam.best.start(kept, table.panels.len() * LANES);
            if index == 0 {
                table.scan_base(energy, &beam.inner, &mut beam.best);
            } else {
                table.coarsen(&beam.inner, &mut beam.coarse);
                for item in beam.items.iter().enumerate() {
                    let gain = self.gains[usize::from(item.1.picks[0].row)];
                    table.scan(
                        item,
                        index,
                        gain,
                        (&beam.inner, &beam.coarse),
                        &mut beam.work,
                        &mut beam.best,
                    );
                }
            }
            beam.next.clear();
            for candidate in beam.best.finish() {
                let mut item = beam.items[candidate.item()];
                item.picks[index] = candidate.pick();
                item.error = candidate.error();
                beam.next.push(item);
            }
            std::mem::swap(&mut beam.items, &mut beam.next);
            if index == 0 {
                kept = kept_for(beam.items[0].error, width);
                beam.items.truncate(kept);
            }
        }
        &beam.items
    }
}

/// How many partial sums are kept for a block, given the squared error behind the best base: what a wider search gains is
/// a part of that error, so the time is spent where it is large.
fn kept_for(error: f32, width: usize) -> usize {
    let kept = width as f32 * (error.max(0.0) / TYPICAL).sqrt();
    (kept as usize).clamp(width.div_ceil(LEAST), width * MOST)
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
            coarse_lengths: Vec::new(),
            length: 0.0,
            products: Vec::new(),
            unit: 1.0,
            reach: 0.0,
        }
    }

    /// Rounds the inner products with the rows of the stages before this one, and chooses what a unit is where they are
    /// coarse: as little as keeps those with all residuals in 16 bits.
    fn round(&mut self, exact: &[Vec<Lane>], gains: &[f32]) {
        use rayon::prelude::*;

        const TOP: f32 = i16::MAX as f32;
        let largest = |exact: &Vec<Lane>| {
            let products = exact.as_flattened().iter();
            products.fold(f32::MIN_POSITIVE, |largest, product| {
                largest.max(product.abs())
            })
        };
        let finite = self.lengths.as_flattened().iter();
        let longest = finite
            .filter(|length| length.is_finite())
            .fold(f32::MIN_POSITIVE, |longest, length| longest.max(*length))
            .sqrt();
        let gain = gains.iter().fold(0.0_f32, |most, gain| most.max(*gain));
        self.length = longest * longest / TOP;
        self.coarse_lengths = self
            .lengths
            .iter()
            .map(|lengths| lengths.map(|length| (length / self.length) as i16))
            .collect();
        let units: Vec<f32> = exact.iter().map(|exact| largest(exact) / TOP).collect();
        // A block in the middle of which is nothing like a residual has samples of 0 and 1 where the sum has the other.
        let whole = (BLOCK_SAMPLES as f32).sqrt();
        self.unit = units
            .iter()
            .enumerate()
            .map(|(stage, unit)| if stage == 0 { *unit } else { 2.0 * gain * unit })
            .fold(whole * longest / TOP, f32::max)
            * 1.001;
        self.reach = (TOP * self.unit / longest).powi(2);
        self.products = exact
            .iter()
            .zip(units)
            .enumerate()
            .map(|(stage, (exact, unit))| {
                // Nothing is left to multiply those of the base with.
                let unit = if stage == 0 { self.unit } else { unit };
                let values = exact
                    .par_iter()
                    .with_min_len(1 << 12)
                    .map(|exact| exact.map(|product| (product / unit).round() as i16))
                    .collect();
                Products { values, unit }
            })
            .collect();
    }

    /// Inner products in units that are coarse.
    #[inline(always)]
    fn coarsen(&self, inner: &[Lane], to: &mut Vec<[i16; LANES]>) {
        let units = 1.0 / self.unit;
        to.resize(inner.len(), [0; LANES]);
        for (to, inner) in to.as_flattened_mut().iter_mut().zip(inner.as_flattened()) {
            // The lowest bits of a float of this size are an integer.
            *to = (inner * units + 1.5 * (1 << 23) as f32).to_bits() as i16;
        }
    }

    /// `<x, c>` for all rows in all turns of the stage: turn after turn, in each panel after panel.
    #[inline(always)]
    fn inner(&self, x: &Coordinates, across: &Coordinates, to: &mut Vec<Lane>) {
        let panels = self.panels.len();
        to.resize(usize::from(self.turns) * panels, [0.0; LANES]);
        for (at, panel) in self.panels.iter().enumerate() {
            let both = part_products(panel, [x, across]);
            for turn in 0..self.turns {
                let (parts, mirror) = (&both[usize::from(turn / 4)], turn % 4);
                to[usize::from(turn) * panels + at] = mirrored(parts, mirror);
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
                // Hardly ever is there one.
                if errors
                    .iter()
                    .fold(false, |any, error| any | (*error < best.limit))
                {
                    for (lane, error) in errors.into_iter().enumerate() {
                        let pick = Pick {
                            row: (panel * LANES + lane) as u16,
                            turn,
                            negative: false,
                        };
                        best.note(error, Candidate::new(error, 0, pick));
                    }
                    best.prune_if_long();
                }
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
        (inner, coarse): (&[Lane], &[[i16; LANES]]),
        work: &mut Work,
        best: &mut Best,
    ) {
        let panels = self.panels.len();
        let rows = panels * LANES;
        let Work {
            sums,
            margins,
            places,
        } = work;
        // |r - g c|^2 is less than the limit where <r, c> is more than (|r|^2 - limit + g^2 |c|^2) / 2g.
        let halves = 0.5 / (gain * self.unit);
        let length = (gain * gain * self.length * halves * 65536.0) as i16;
        let squared = self.lengths.as_flattened();
        // Half a unit for what `<x, c>` is rounded by and half a unit for floats; and for every product that is scaled a
        // quarter for its weight's rounding and a whole for its own.
        let allowance = 1.0 + 1.25 * (index - 1) as f32;
        margins.resize(rows, 0);
        places.resize(rows + 1, 0);
        let mut earlier = [Earlier::default(); MAX_STAGES];
        let earlier = &mut earlier[..index];
        for (before, (to, products)) in earlier.iter_mut().zip(&self.products).enumerate() {
            let weight = match (before, item.picks[before].negative) {
                (0, _) => 1.0,
                (_, false) => gain,
                (_, true) => -gain,
            };
            to.weight = weight * products.unit;
            to.scale = (to.weight / self.unit * 65536.0).round_ties_even() as i16;
        }
        for turn in 0..self.turns {
            let least = if item.error < self.reach {
                ((item.error - best.limit) * halves - allowance).floor() as i16
            } else {
                i16::MIN
            };
            let from = usize::from(turn) * panels;
            let inner = inner[from..from + panels].as_flattened();
            let coarse = coarse[from..from + panels].as_flattened();
            let picks = item.picks.iter().zip(&self.products);
            for (to, (pick, products)) in earlier.iter_mut().zip(picks) {
                let relative = usize::from(coordinates::relative(pick.turn, turn));
                let from = (usize::from(pick.row) * TURNS + relative) * panels;
                to.products = products.values[from..from + panels].as_flattened();
            }
            // The base and two more are taken off in one go; what is between them, if there are more, before.
            let (base, others) = earlier.split_at(1);
            let (first, last) = others.split_at(others.len().saturating_sub(2));
            let mut left = coarse;
            if !first.is_empty() {
                sums.clear();
                sums.extend_from_slice(coarse);
                for earlier in first {
                    for (sum, &product) in sums.iter_mut().zip(earlier.products) {
                        *sum = sum.wrapping_sub(scaled(earlier.scale, product));
                    }
                }
                left = sums;
            }
            let enough = Enough {
                least,
                length,
                lengths: self.coarse_lengths.as_flattened(),
            };
            let base = base[0].products;
            match *last {
                [a, b] => enough.margins(left, base, [a, b], margins),
                [a] => enough.margins(left, base, [a], margins),
                _ => enough.margins(left, base, [], margins),
            }
            // Hardly ever is there one. Those that there are are gathered without jumps that nobody could foresee.
            let mut found = 0;
            for (panel, margins) in margins.as_chunks::<LANES>().0.iter().enumerate() {
                if margins
                    .iter()
                    .fold(false, |any, margin| any | (*margin > 0))
                {
                    for (lane, margin) in margins.iter().enumerate() {
                        places[found] = (panel * LANES + lane) as u16;
                        found += usize::from(*margin > 0);
                    }
                }
            }
            for place in &places[..found] {
                let at_place = usize::from(*place);
                let sum = earlier.iter().fold(inner[at_place], |sum, earlier| {
                    sum - earlier.weight * f32::from(earlier.products[at_place])
                });
                // Of the row and its negative, the one that points the same way is always better.
                let error = item.error - 2.0 * gain * sum.abs() + gain * gain * squared[at_place];
                let pick = Pick {
                    row: *place,
                    turn,
                    negative: sum < 0.0,
                };
                best.note(error, Candidate::new(error, at, pick));
            }
            best.prune_if_long();
        }
    }
}

/// The inner products of a row that was picked before with all rows of a stage.
#[derive(Clone, Copy, Debug, Default)]
struct Earlier<'a> {
    /// What they are multiplied with.
    weight: f32,
    /// The same where they are coarse, in units of 2^-16.
    scale: i16,
    products: &'a [i16],
}

/// A coarse product, rounded down.
#[inline(always)]
fn scaled(scale: i16, product: i16) -> i16 {
    ((i32::from(scale) * i32::from(product)) >> 16) as i16
}

/// How large coarse inner products have to be.
#[derive(Clone, Copy, Debug)]
struct Enough<'a> {
    /// For a row without length.
    least: i16,
    /// How much more for a row of unit length, in units of 2^-16.
    length: i16,
    /// The lengths of the rows.
    lengths: &'a [i16],
}

impl Enough<'_> {
    /// By how much the magnitudes of the inner products with a residual are more than enough, from those with the block
    /// and with the rows that were picked before. One flat loop: of nested ones the compiler makes gathers.
    #[inline(always)]
    fn margins<const N: usize>(
        self,
        left: &[i16],
        base: &[i16],
        earlier: [Earlier<'_>; N],
        margins: &mut [i16],
    ) {
        let count = margins.len();
        let (left, base) = (&left[..count], &base[..count]);
        let lengths = &self.lengths[..count];
        let scales = earlier.map(|earlier| earlier.scale);
        let products = earlier.map(|earlier| &earlier.products[..count]);
        for at in 0..count {
            let mut sum = left[at].wrapping_sub(base[at]);
            for (scale, products) in scales.iter().zip(products) {
                sum = sum.wrapping_sub(scaled(*scale, products[at]));
            }
            let enough = scaled(self.length, lengths[at]).saturating_add(self.least);
            margins[at] = sum.wrapping_abs().saturating_sub(enough);
        }
    }
}

/// The best ways to continue that were found so far, and some more.
#[derive(Clone, Debug, Default)]
struct Best {
    width: usize,
    /// Nothing worse than this can be among the best.
    limit: f32,
    /// Candidates, of which the first `count` are noted.
    list: Vec<Candidate>,
    count: usize,
}

impl Best {
    /// Gets ready to find the best `width`, where up to `offered` candidates are offered before [`prune`](Self::prune)
    /// has a chance.
    fn start(&mut self, width: usize, offered: usize) {
        self.width = width.clamp(1, Candidate::ITEMS);
        self.limit = f32::INFINITY;
        self.count = 0;
        self.list.resize(self.long() + offered + 1, Candidate(0));
    }

    /// How many candidates are many.
    const fn long(&self) -> usize {
        2 * self.width + LANES
    }

    /// Takes note of a candidate if its error is small enough, without a jump.
    #[inline(always)]
    fn note(&mut self, error: f32, candidate: Candidate) {
        self.list[self.count] = candidate;
        self.count += usize::from(error < self.limit);
    }

    /// Forgets all but the best if there are many.
    #[inline(always)]
    fn prune_if_long(&mut self) {
        if self.count >= self.long() {
            self.prune();
        }
    }

    /// Forgets all but the best.
    #[inline(never)]
    fn prune(&mut self) {
        if self.count > self.width {
            let noted = &mut self.list[..self.count];
            let (_, worst, _) = noted.select_nth_unstable(self.width - 1);
            self.limit = worst.error();
            self.count = self.width;
        }
    }

    /// The best, in their order.
    fn finish(&mut self) -> &[Candidate] {
        self.prune();
        let noted = &mut self.list[..self.count];
        noted.sort_unstable();
        noted
    }
}

impl Candidate {
    /// How many partial sums can be told apart.
    const ITEMS: usize = 1 << 12;

    #[inline(always)]
    fn new(error: f32, item: usize, pick: Pick) -> Self {
        // The bits of a float in the order of the floats.
        let bits = error.to_bits();
        let bits = bits ^ (((bits as i32) >> 31) as u32 | 1 << 31);
        let pick = u32::from(pick.turn) << 17 | u32::from(pick.row) << 1 | u32::from(pick.negative);
        Self(u64::from(bits) << 32 | u64::from((item as u32) << 20 | pick))
    }

    fn error(self) -> f32 {
        let bits = (self.0 >> 32) as u32;
        f32::from_bits(bits ^ (((!bits as i32) >> 31) as u32 | 1 << 31))
    }

    const fn item(self) -> usize {
        (self.0 >> 20) as usize % Self::ITEMS
    }

    const fn pick(self) -> Pick {
        Pick {
            row: (self.0 >> 1) as u16,
            turn: (self.0 >> 17) as u8 % TURNS as u8,
            negative: self.0 & 1 == 1,
        }
    }
}

/// The inner products of the parts of two blocks with those of some rows.
#[inline(always)]
fn part_products(panel: &[Lane; DIMENSIONS], blocks: [&Coordinates; 2]) -> [[Lane; PARTS]; 2] {
    let (rows, _) = panel.as_chunks::<PART>();
    let [(first, _), (second, _)] = blocks.map(|block| block.as_chunks::<PART>());
    let mut sums = [[[0.0; LANES]; PARTS]; 2];
    for (part, ((first, second), rows)) in first.iter().zip(second).zip(rows).enumerate() {
        // Two chains of additions for either block, since one would wait for itself.
        let [mut even, mut odd] = [[[0.0; LANES]; 2]; 2];
        let pairs = first
            .as_chunks::<2>()
            .0
            .iter()
            .zip(second.as_chunks::<2>().0);
        for ((first, second), rows) in pairs.zip(rows.as_chunks::<2>().0) {
            even[0] = std::array::from_fn(|lane| even[0][lane] + first[0] * rows[0][lane]);
            even[1] = std::array::from_fn(|lane| even[1][lane] + second[0] * rows[0][lane]);
            odd[0] = std::array::from_fn(|lane| odd[0][lane] + first[1] * rows[1][lane]);
            odd[1] = std::array::from_fn(|lane| odd[1][lane] + second[1] * rows[1][lane]);
        }
        for block in 0..2 {
            sums[block][part] = std::array::from_fn(|lane| even[block][lane] + odd[block][lane]);
        }
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

/// The inner products of every row of an earlier stage with all rows of this one in all turns: row after row of the
/// earlier stage, turn after turn, panel after panel.
fn products(earlier: &[Coordinates], table: &Table) -> Vec<Lane> {
    use rayon::prelude::*;

    let panels = table.panels.len();
    let mut exact = vec![[0.0; LANES]; earlier.len() * TURNS * panels];
    exact
        .par_chunks_mut(TURNS * panels)
        .zip(earlier)
        .with_min_len(8)
        .for_each(|(to, row)| crate::wide::pair_products(&table.panels, row, to));
    exact
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
        let both = part_products(panel, [row, &across]);
        for turn in 0..TURNS as u8 {
            let (parts, mirror) = (&both[usize::from(turn / 4)], turn % 4);
            to[usize::from(turn) * panels.len() + at] = mirrored(parts, mirror);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{Beam, DIMENSIONS, Item, MOST, Pick, Search, kept_for};
    use crate::codebook::coordinates::{self, Coordinates};
    use crate::codebook::tables::Tables;
    use nice_decode::format::Stage;

    /// Tables of random rows: a base of long ones, residuals of short ones.
    fn tables(stages: &[(u8, u8)], random: &mut ChaCha8Rng) -> Tables {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|&(bits, mirrors)| Stage { bits, mirrors })
            .collect();
        let mut rows = |count: usize, size: f32| -> Vec<Coordinates> {
            (0..count)
                .map(|_| std::array::from_fn(|_| random.random_range(-size..size)))
                .collect()
        };
        let base = rows(stages[0].rows(true).unwrap(), 0.3);
        let residuals = stages[1..]
            .iter()
            .map(|stage| rows(stage.rows(false).unwrap(), 0.2))
            .collect();
        Tables {
            gains: base.iter().map(|row| 0.3 + row[0].abs()).collect(),
            stages,
            base,
            residuals,
        }
    }

    /// As [`Search::find`], but every residual is multiplied with every row in every turn.
    fn find_slowly(tables: &Tables, x: &Coordinates, width: usize) -> Vec<Item> {
        let squared = |row: &Coordinates| row.iter().fold(0.0, |sum, value| sum + value * value);
        let mut kept = MOST * width;
        let mut items = vec![(Item::default(), *x)];
        let all = std::iter::once(&tables.base).chain(&tables.residuals);
        for (index, (rows, stage)) in all.zip(&tables.stages).enumerate() {
            let mut next = Vec::new();
            for (item, residual) in &items {
                let gain = if index == 0 {
                    1.0
                } else {
                    tables.gains[usize::from(item.picks[0].row)]
                };
                for turn in 0..1 << stage.mirrors {
                    for (row, values) in rows.iter().enumerate() {
                        let values = coordinates::turned(values, turn);
                        let product: f32 = residual.iter().zip(&values).map(|(r, c)| r * c).sum();
                        let negative = index > 0 && product < 0.0;
                        let sign = if negative { -gain } else { gain };
                        let left: Coordinates =
                            std::array::from_fn(|at| residual[at] - sign * values[at]);
                        let mut item = *item;
                        item.error = squared(&left);
                        item.picks[index] = Pick {
                            row: row as u16,
                            turn,
                            negative,
                        };
                        next.push((item, left));
                    }
                }
                next.sort_by(|(a, _), (b, _)| a.error.total_cmp(&b.error));
                next.truncate(kept);
            }
            items = next;
            if index == 0 {
                kept = kept_for(items[0].0.error, width);
                items.truncate(kept);
            }
        }
        items.into_iter().map(|(item, _)| item).collect()
    }

    #[test]
    fn telling_candidates_apart_in_16_bits_loses_none_of_the_best() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        for stages in [
            &[(6, 3), (9, 3), (9, 3), (8, 2)][..],
            &[(4, 0), (4, 1), (6, 2), (7, 3), (8, 3), (5, 0)],
        ] {
            let tables = tables(stages, &mut random);
            let search = Search::new(&tables);
            let mut beam = Beam::default();
            // Blocks of little and of much contrast, as far as samples of 0 and 1 go.
            for size in [0.02, 0.1, 0.3, 1.0] {
                for _ in 0..8 {
                    let x: Coordinates = std::array::from_fn(|_| random.random_range(-size..size));
                    let slowly = find_slowly(&tables, &x, 5);
                    let found = search.find(&x, 5, &mut beam);
                    assert_eq!(found.len(), slowly.len());
                    for (found, slowly) in found.iter().zip(&slowly) {
                        // Tabulated products are rounded, to 2^-15 of the largest: no more is between them.
                        let apart = (found.error - slowly.error).abs();
                        assert!(
                            apart < 2e-3 * slowly.error.max(0.05),
                            "{stages:?}, {size}: {found:?}, {slowly:?}"
                        );
                    }
                    assert_eq!(found[0].picks, slowly[0].picks, "{stages:?}, {size}");
                }
            }
        }
    }

    #[test]
    fn blocks_that_are_hard_get_more_partial_sums_than_those_that_are_easy() {
        assert_eq!(kept_for(0.0, 24), 3);
        assert_eq!(kept_for(0.8, 24), 24);
        assert_eq!(kept_for(3.2, 24), 48);
        assert_eq!(kept_for(100.0, 24), 144);
        assert_eq!(kept_for(0.0, 1), 1);
    }

    #[test]
    fn a_block_of_nothing_is_found_in_tables_of_nothing() {
        let tables = Tables {
            stages: vec![
                Stage {
                    bits: 4,
                    mirrors: 3,
                },
                Stage {
                    bits: 5,
                    mirrors: 3,
                },
            ],
            base: vec![[0.0; DIMENSIONS]; 2],
            gains: vec![0.0; 2],
            residuals: vec![vec![[0.0; DIMENSIONS]; 2]],
        };
        let mut beam = Beam::default();
        let search = Search::new(&tables);
        let found = search.find(&[0.0; DIMENSIONS], 4, &mut beam);
        assert_eq!(found[0].error, 0.0);
    }
}
