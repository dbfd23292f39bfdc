/* An AVR in simavr, which prints what is sent to the UART, and ends when the processor sleeps without interrupts. */
#include "board.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stddef.h>

void board_print(const char *text)
{
    UCSR0B = 1 << TXEN0;
    for (; *text != 0; text++) {
        while ((UCSR0A & 1 << UDRE0) == 0) {
        }
        UDR0 = (uint8_t)*text;
    }
}

void board_exit(int failed)
{
    (void)failed;
    cli();
    sleep_enable();
    for (;;)
        sleep_cpu();
}

void board_start_counter(void)
{
}

uint32_t board_read_counter(void)
{
    return 0;
}

uint8_t *board_stack(void)
{
    return NULL;
}

/* What avr-libc calls after main(). */
void exit(int status)
{
    board_exit(status);
    for (;;) {
    }
}
