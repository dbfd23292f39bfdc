//! The picture in the middle of the screen, a row of blocks at a time.

/// The size of the picture in pixels.
const WIDTH: usize = 240;
const HEIGHT: usize = 160;

/// The bytes of a line of the picture.
pub const LINE_BYTES: usize = 2 * WIDTH;

/// The words of 32 bits, two pixels each, of a line of the picture.
const LINE_WORDS: usize = WIDTH / 2;

/// The words of a row of blocks.
const ROW_WORDS: usize = 8 * LINE_WORDS;

/// The words from a line of the screen to the next.
const STRIDE_WORDS: usize = console::STRIDE / 2;

/// The word of the screen where the picture begins.
const FIRST_WORD: usize =
    (console::HEIGHT - HEIGHT) / 2 * STRIDE_WORDS + (console::WIDTH - WIDTH) / 4;

/// A row of blocks of the picture.
pub type Row = [u32; ROW_WORDS];

/// A row of black pixels.
pub const BLANK_ROW: Row = [0; ROW_WORDS];

/// The address of a line of the picture in video memory.
fn address(line: usize) -> *mut u32 {
    console::VIDEO.wrapping_add(FIRST_WORD + line % HEIGHT * STRIDE_WORDS)
}

/// Copies a row of blocks to the screen.
#[inline(never)]
pub fn write_row(row: usize, lines: &Row) {
    for (y, line) in lines.chunks_exact(LINE_WORDS).enumerate() {
        let address = address(8 * row + y);
        for (x, &two_pixels) in line.iter().enumerate() {
            // SAFETY: the picture is in video memory, since the screen is at least as large.
            unsafe { address.add(x).write_volatile(two_pixels) };
        }
    }
}

/// Reads a row of blocks from the screen.
pub fn read_row(row: usize, lines: &mut Row) {
    for (y, line) in lines.chunks_exact_mut(LINE_WORDS).enumerate() {
        let address = address(8 * row + y);
        for (x, two_pixels) in line.iter_mut().enumerate() {
            // SAFETY: as above.
            *two_pixels = unsafe { address.add(x).read_volatile() };
        }
    }
}
