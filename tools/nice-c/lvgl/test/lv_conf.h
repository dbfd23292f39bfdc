/* The configuration of LVGL for frames.c. What is not here has LVGL's default. */
#ifndef LV_CONF_H
#define LV_CONF_H

/* Displays of frames.c choose their color format when they are created. */
#define LV_COLOR_DEPTH 16

/* frames.c allocates memory, so that AddressSanitizer sees it, and counts it. */
#define LV_USE_STDLIB_MALLOC LV_STDLIB_CUSTOM
#define LV_USE_STDLIB_STRING LV_STDLIB_CLIB
#define LV_USE_STDLIB_SPRINTF LV_STDLIB_CLIB

/* Lines are longer than their pixels. */
#define LV_DRAW_BUF_STRIDE_ALIGN 16

/* frames.c sets the size of the cache. */
#define LV_CACHE_DEF_SIZE 0

/* "S:" is the folder that frames.c runs in. */
#define LV_USE_FS_STDIO 1
#define LV_FS_STDIO_LETTER 'S'

#define LV_USE_LOG 1
#define LV_LOG_LEVEL LV_LOG_LEVEL_WARN
#define LV_LOG_PRINTF 0

#endif
