//! The program as a module of the console's system: its name, where it starts, and the functions of the system that it calls.
//! A function is known by a number, the first 32 bits of the SHA-1 of its name.

use core::arch::global_asm;

unsafe extern "C" {
    /// Chooses the mode and the size of the screen.
    pub fn sceDisplaySetMode(mode: u32, width: u32, height: u32) -> i32;
    /// Shows a frame buffer: its address, the pixels from one line to the next, the pixel format, and when.
    pub fn sceDisplaySetFrameBuf(buffer: *mut u32, stride: u32, format: u32, when: u32) -> i32;
    /// The clock of the system in microseconds, the lower 32 bits.
    pub fn sceKernelGetSystemTimeLow() -> u32;
    /// Waits until another thread wakes this one.
    pub fn sceKernelSleepThread() -> i32;
}

// The system starts a module at `module_start`, on a stack of the module's thread.
global_asm!(
    ".section .text.module_start, \"ax\", @progbits",
    ".set noreorder",
    ".global module_start",
    "module_start:",
    "    j main",
    "    nop",
);

// The description of the module. The linker script of the target orders these sections.
global_asm!(
    ".section .rodata.sceModuleInfo, \"a\", @progbits",
    ".balign 4",
    "module_info:",
    "    .2byte 0",   // a program of the user
    "    .byte 1, 0", // version
    "    .asciz \"NICE\"",
    "    .org module_info + 32",
    "    .word 0", // the global pointer, which is not used
    "    .word exports, exports_end, imports, imports_end",
    // What the module exports: where it starts, and its description.
    ".section .lib.ent, \"a\", @progbits",
    ".balign 4",
    "exports:",
    "    .word 0", // the library without a name
    "    .2byte 0, 0x8000",
    "    .byte 4, 1", // words of this entry, variables
    "    .2byte 1",   // functions
    "    .word exported",
    "exports_end:",
    ".section .rodata.sceResident, \"a\", @progbits",
    ".balign 4",
    "exported:",
    "    .word 0xD632ACDB, 0xF01D73A7, module_start, module_info",
);

/// Defines the functions of the system that the module imports, by library, with the number of each.
macro_rules! imports {
    ($($library:literal: { $($name:literal = $number:literal),* })*) => {
        global_asm!(
            ".section .lib.stub, \"a\", @progbits",
            ".balign 4",
            "imports:",
            $(
                concat!("    .word ", $library, "_name"),
                "    .2byte 0, 0x4001",
                "    .byte 5, 0",                      // words of this entry, variables
                concat!("    .2byte (", $library, "_numbers_end - ", $library, "_numbers) / 4"),
                concat!("    .word ", $library, "_numbers, ", $library, "_functions"),
            )*
            "imports_end:",
            $(
                ".section .rodata.sceResident, \"a\", @progbits",
                concat!($library, "_name: .asciz \"", $library, "\""),
                ".section .rodata.sceNid, \"a\", @progbits",
                ".balign 4",
                concat!($library, "_numbers:"),
                $(concat!("    .word ", $number),)*
                concat!($library, "_numbers_end:"),
                // The system writes a call of itself over each function.
                ".section .sceStub.text, \"ax\", @progbits",
                ".set noreorder",
                concat!($library, "_functions:"),
                $(
                    concat!(".global ", $name),
                    concat!($name, ":"),
                    "    jr $ra",
                    "    nop",
                )*
            )*
        );
    };
}

imports! {
    "sceDisplay": { "sceDisplaySetMode" = 0x0E20F177, "sceDisplaySetFrameBuf" = 0x289D82FE }
    "ThreadManForUser": { "sceKernelGetSystemTimeLow" = 0x369ED59D, "sceKernelSleepThread" = 0x9ACE131E }
}
