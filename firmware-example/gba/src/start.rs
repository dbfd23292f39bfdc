//! What is before `main`: the header of the cartridge, the start-up code, and the end in a panic.

use core::arch::global_asm;
use core::panic::PanicInfo;

use crate::console;

/// The fields of the header, after the instruction at its begin.
///
/// The first 156 bytes are a logo that the console compares with its own before it starts a cartridge. It is not ours to
/// give away, so they are zero: emulators that bring their own BIOS do not look, and a tool such as gbafix fills them in
/// for a real console.
#[used]
#[unsafe(link_section = ".header.fields")]
static HEADER: [u8; 188] = header();

/// Where the fields that are checked begin, after the logo.
const CHECKED: usize = 156;

const fn header() -> [u8; 188] {
    let mut header = [0; 188];
    // The title, a code and a maker; then a byte that is always this.
    let fields = b"NICE 48 BITSENIC00\x96";
    let mut at = 0;
    while at < fields.len() {
        header[CHECKED + at] = fields[at];
        at += 1;
    }
    // The checksum of all fields up to the version.
    let mut sum = 0x19_u8;
    at = CHECKED;
    while at < CHECKED + 29 {
        sum = sum.wrapping_add(header[at]);
        at += 1;
    }
    header[CHECKED + 29] = sum.wrapping_neg();
    header
}

// The console starts here, in ARM state. The linker script says what is to be copied where.
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
    "    ldr r0, ={started}",
    "    mov lr, pc",
    "    bx r0",
    "4:  b 4b",
    ".pool",
    started = sym started,
);

/// What the start-up code calls when memory is ready.
extern "C" fn started() -> ! {
    crate::main();
    console::halt()
}

/// Says what went wrong.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    console::print(format_args!("{info}"));
    console::halt()
}
