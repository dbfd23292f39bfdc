//! What comes before `main`: the header of the cartridge and the startup code.

use core::arch::global_asm;

/// The header after its first instruction.
///
/// Its first 156 bytes are a logo that the console compares with its own before it starts a cartridge. We may not distribute
/// the logo, so these bytes are zero. Emulators with a BIOS of their own do not check it; for a real console, a tool such as
/// gbafix inserts it.
#[used]
#[unsafe(link_section = ".header.fields")]
static HEADER: [u8; 188] = header();

/// The offset of the fields that the checksum covers, after the logo.
const CHECKED: usize = 156;

/// Title, game code and maker code, then a byte with a fixed value.
const FIELDS: &[u8; 19] = b"NICE 48 BITSENIC00\x96";

/// The number of bytes that the checksum covers, and so its offset in the fields.
const CHECKED_BYTES: usize = 29;

const fn header() -> [u8; 188] {
    let mut header = [0; 188];
    let mut at = 0;
    while at < FIELDS.len() {
        header[CHECKED + at] = FIELDS[at];
        at += 1;
    }
    let mut sum = 0x19_u8;
    at = CHECKED;
    while at < CHECKED + CHECKED_BYTES {
        sum = sum.wrapping_add(header[at]);
        at += 1;
    }
    header[CHECKED + CHECKED_BYTES] = sum.wrapping_neg();
    header
}

// The console starts here, in ARM state. The symbols that begin with two underscores come from the linker script.
global_asm!(
    ".section .header.branch, \"ax\", %progbits",
    ".arm",
    ".global _start",
    "_start:",
    "    b 9f",
    ".section .text.start, \"ax\", %progbits",
    ".arm",
    "9:  ldr sp, =__stack",
    "    ldr r0, =__iwram_load",
    "    ldr r1, =__iwram_start",
    "    ldr r2, =__iwram_end",
    "1:  cmp r1, r2",
    "    ldrlo r3, [r0], #4",
    "    strlo r3, [r1], #4",
    "    blo 1b",
    "    ldr r0, =__data_load",
    "    ldr r1, =__data_start",
    "    ldr r2, =__data_end",
    "2:  cmp r1, r2",
    "    ldrlo r3, [r0], #4",
    "    strlo r3, [r1], #4",
    "    blo 2b",
    "    ldr r1, =__bss_start",
    "    ldr r2, =__bss_end",
    "    mov r3, #0",
    "3:  cmp r1, r2",
    "    strlo r3, [r1], #4",
    "    blo 3b",
    "    ldr r0, =main",
    "    bx r0",
    ".pool",
);
