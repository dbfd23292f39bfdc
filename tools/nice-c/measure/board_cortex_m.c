/*
 * A Cortex-M in QEMU with flash at 0 and RAM at 0x20000000: output by semihosting, and SysTick as the counter. With
 * `-icount shift=0` QEMU runs one instruction each nanosecond. RAM_BYTES is the size of the RAM, TICK_NUMERATOR / TICK_DENOMINATOR
 * the nanoseconds of a tick.
 */
#include "board.h"

#define STACK_BYTES 4096

extern int main(void);

static void reset(void)
{
    board_exit(main());
}

static void fault(void)
{
    board_exit(1);
}

/* The first entries of the vector table: initial stack pointer, reset, NMI and four faults. */
struct vectors {
    uint32_t stack;
    void (*handlers[6])(void);
};

extern const struct vectors vectors;
__attribute__((section(".vectors"), used)) const struct vectors vectors = { 0x20000000u + RAM_BYTES,
                                                                             { reset, fault, fault, fault, fault, fault } };

/* Calls the debugger, which is QEMU. */
static void semihosting(int operation, const void *argument)
{
    register int r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void board_print(const char *text)
{
    semihosting(0x04, text);
}

void board_exit(int failed)
{
    /* ADP_Stopped_ApplicationExit, or another reason. */
    semihosting(0x18, (const void *)(uintptr_t)(failed ? 0x20023u : 0x20026u));
    for (;;) {
    }
}

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

void board_start_counter(void)
{
    SYST_RVR = 0xFFFFFFu;
    SYST_CVR = 0;
    SYST_CSR = 5;
}

uint32_t board_read_counter(void)
{
    return (uint32_t)((uint64_t)((0xFFFFFFu - SYST_CVR) & 0xFFFFFFu) * TICK_NUMERATOR / TICK_DENOMINATOR);
}

uint8_t *board_stack(void)
{
    return (uint8_t *)0x20000000u + RAM_BYTES - STACK_BYTES;
}
