/*
 * Starts the other examples on a Cortex-M whose flash begins at 0 and whose RAM begins at 0x20000000, with the C library
 * newlib, whose files and arguments come through semihosting. It is there for .ci/c-checks, which runs them in QEMU.
 */
#include <stdint.h>

extern void _start(void);

/* The coprocessor access control register, where there is one: the floating-point unit is off until bits 20 to 23 are set. */
#define CPACR (*(volatile uint32_t *)0xE000ED88u)

static void reset(void)
{
#ifdef __ARM_FP
    CPACR |= 0xFu << 20;
    __asm volatile("dsb\n\tisb");
#endif
    _start();
}

static void fault(void)
{
    for (;;) {
    }
}

/* The first entries of the vector table: stack, reset, and four faults. */
struct vectors {
    uint32_t stack;
    void (*handlers[6])(void);
};

extern const struct vectors vectors;
__attribute__((section(".vectors"))) const struct vectors vectors = { 0x20400000u, { reset, fault, fault, fault, fault, fault } };
