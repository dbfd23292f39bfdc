/*
 * The startup code of the other examples on a Cortex-M with flash at 0 and RAM at 0x20000000. The C library is newlib, with
 * files and arguments through semihosting. .ci/c-checks runs the examples with it in QEMU.
 */
#include <stdint.h>

extern void _start(void);

/* The coprocessor access control register: the floating-point unit, if there is one, is off until bits 20 to 23 are set. */
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

/* The first entries of the vector table: initial stack pointer, reset, NMI and four faults. */
struct vectors {
    uint32_t stack;
    void (*handlers[6])(void);
};

extern const struct vectors vectors;
__attribute__((section(".vectors"))) const struct vectors vectors = { 0x20400000u, { reset, fault, fault, fault, fault, fault } };
