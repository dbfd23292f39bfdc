//! What comes before `main`: the startup code of both processors.

use core::arch::global_asm;

// The second processor, an ARM7, has nothing to do.
global_asm!(".section .arm7, \"ax\", %progbits", ".arm", "    b .",);

// The main processor, an ARM946E-S, starts here in ARM state. Registers c5 to c9 of coprocessor 15 are those of its protection
// unit, caches and tightly coupled memories. The symbols that begin with two underscores come from the linker script.
global_asm!(
    ".section .text.start, \"ax\", %progbits",
    ".arm",
    ".global _start",
    "_start:",
    // No interrupts.
    "    mov r0, #0x04000000",
    "    str r0, [r0, #0x208]",
    // Caches and protection off, and nothing cached.
    "    ldr r0, =0x00002078",
    "    mcr p15, 0, r0, c1, c0, 0",
    "    mov r0, #0",
    "    mcr p15, 0, r0, c7, c5, 0",
    "    mcr p15, 0, r0, c7, c6, 0",
    "    mcr p15, 0, r0, c7, c10, 4",
    // The data memory: address and 16 KiB. The code memory: 32 MiB from address 0, in which it is repeated.
    "    ldr r0, =__dtcm_start + 0x0A",
    "    mcr p15, 0, r0, c9, c1, 0",
    "    mov r0, #0x20",
    "    mcr p15, 0, r0, c9, c1, 1",
    // Regions: registers and video memory (64 MiB), main memory (4 MiB), code memory (32 KiB), data memory (16 KiB).
    "    ldr r0, =0x04000033",
    "    mcr p15, 0, r0, c6, c0, 0",
    "    ldr r0, =0x0200002B",
    "    mcr p15, 0, r0, c6, c1, 0",
    "    ldr r0, =0x0100001D",
    "    mcr p15, 0, r0, c6, c2, 0",
    "    ldr r0, =__dtcm_start + 0x1B",
    "    mcr p15, 0, r0, c6, c3, 0",
    "    mov r0, #0",
    "    mcr p15, 0, r0, c6, c4, 0",
    "    mcr p15, 0, r0, c6, c5, 0",
    "    mcr p15, 0, r0, c6, c6, 0",
    "    mcr p15, 0, r0, c6, c7, 0",
    // Main memory is cached, for data and code, and its writes are buffered.
    "    mov r0, #1 << 1",
    "    mcr p15, 0, r0, c2, c0, 0",
    "    mcr p15, 0, r0, c2, c0, 1",
    "    mcr p15, 0, r0, c3, c0, 0",
    // Everything may be read, written and executed.
    "    ldr r0, =0x3333",
    "    mcr p15, 0, r0, c5, c0, 2",
    "    mcr p15, 0, r0, c5, c0, 3",
    // Protection, caches, both memories, and exception vectors at the end of the address space.
    "    ldr r0, =0x0005307D",
    "    mcr p15, 0, r0, c1, c0, 0",
    "    ldr sp, =__stack",
    // Code that runs from the code memory.
    "    ldr r0, =__itcm_load",
    "    ldr r1, =__itcm_start",
    "    ldr r2, =__itcm_end",
    "1:  cmp r1, r2",
    "    ldrlo r3, [r0], #4",
    "    strlo r3, [r1], #4",
    "    blo 1b",
    "    ldr r1, =__bss_start",
    "    ldr r2, =__bss_end",
    "    mov r3, #0",
    "2:  cmp r1, r2",
    "    strlo r3, [r1], #4",
    "    blo 2b",
    "    ldr r0, =main",
    "    bx r0",
    ".pool",
);
