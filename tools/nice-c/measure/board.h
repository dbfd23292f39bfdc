/* What the programs in this folder need of a board: output, and a counter of instructions. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* Prints a text. */
void board_print(const char *text);

/* Ends the program. */
void board_exit(int failed);

/* Starts the counter. */
void board_start_counter(void);

/* The instructions since board_start_counter(); 0 if the board does not count them. */
uint32_t board_read_counter(void);

/* The lowest address of the stack, or null if it is not known. */
uint8_t *board_stack(void);

#endif
