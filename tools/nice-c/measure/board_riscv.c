/* QEMU's machine `virt` with a 32-bit RISC-V: output by semihosting, and the counter of instructions of the processor. */
#include "board.h"

#define STACK_TOP 0x80800000u
#define STACK_BYTES 16384

extern int main(void);

__asm(".section .vectors, \"ax\"\n"
      ".globl _start\n"
      "_start:\n"
      "    li sp, 0x80800000\n"
      "    call reset\n"
      ".text\n");

void reset(void);
void reset(void)
{
    board_exit(main());
}

/* Calls the debugger, which is QEMU. */
static void semihosting(int operation, const void *argument)
{
    register int a0 __asm("a0") = operation;
    register const void *a1 __asm("a1") = argument;
    __asm volatile(".option push\n.option norvc\n.balign 16\nslli x0, x0, 0x1f\nebreak\nsrai x0, x0, 7\n.option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
}

void board_print(const char *text)
{
    semihosting(0x04, text);
}

void board_exit(int failed)
{
    uint32_t reason[2];
    reason[0] = failed ? 0x20023u : 0x20026u;
    reason[1] = 0;
    semihosting(0x18, (const void *)reason[0]);
    for (;;) {
    }
}

static uint32_t instructions(void)
{
    uint32_t count;
    __asm volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(count));
    return count;
}

static uint32_t start;

void board_start_counter(void)
{
    start = instructions();
}

uint32_t board_read_counter(void)
{
    return instructions() - start;
}

uint8_t *board_stack(void)
{
    return (uint8_t *)(STACK_TOP - STACK_BYTES);
}
