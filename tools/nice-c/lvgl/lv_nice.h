/*
 * NICE images in LVGL 9, as files and as arrays. Add lv_nice.h, lv_nice.c, nice.h and nice.c to a project with LVGL.
 *
 *     lv_init();
 *     lv_nice_init(m_nicem, sizeof m_nicem);
 *     ...
 *     static const lv_image_dsc_t photo = LV_NICE_IMAGE(photo_nice);
 *     lv_image_set_src(image, &photo);
 *     lv_image_set_src(image, "S:photo.nice");
 *
 * `nicec c-array` writes models and images as arrays. Files are read by the drivers of LVGL.
 *
 * An image is decoded when it is drawn, strips of 8 lines at a time and only what is drawn of it, to the color format of the
 * default display: RGB565, RGB888, XRGB8888 or L8. While it is drawn, it takes a few hundred bytes and 8 lines of what is drawn.
 * If LVGL has an image cache (LV_CACHE_DEF_SIZE) in which the whole image fits, it is decoded once, into the cache. LVGL can scale
 * and rotate only images that are in the cache.
 *
 * A file is read completely once, when an image of its name is first shown, to check it; then only what is drawn. If a file is
 * replaced, call lv_image_cache_drop() with its name. What is wrong with an image that is not shown is in LVGL's log, as a
 * warning.
 *
 * If the number of lines of the display's draw buffer, and the position of an image, are multiples of 8, no block is decoded
 * twice.
 */
#ifndef LV_NICE_H
#define LV_NICE_H

#if defined(LV_LVGL_H_INCLUDE_SIMPLE)
#include "lvgl.h"
#else
#include "lvgl/lvgl.h"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An lv_image_dsc_t of an array that has the contents of a .nice file. */
#define LV_NICE_IMAGE(array) \
    { \
        .header = { .magic = LV_IMAGE_HEADER_MAGIC, .cf = LV_COLOR_FORMAT_RAW }, .data_size = sizeof(array), .data = (array) \
    }

/*
 * Registers the decoder, after lv_init(), with the contents of a .nicem file. The file is not copied and must stay in memory.
 *
 * Called again, it replaces the model, for images that are opened from then on. Images of another model are not shown. Returns
 * LV_RESULT_INVALID if the file is not a valid model, or there is no memory; nothing is changed then.
 */
lv_result_t lv_nice_init(const uint8_t *model, size_t size);

/* Unregisters the decoder, before lv_deinit(). No image may be open. */
void lv_nice_deinit(void);

/*
 * Whether images are deblocked, if their model has a filter: false at first. It takes 384 bytes more for every 8 columns of what
 * is drawn, and up to four times the time. For images that are drawn from then on; call lv_image_cache_drop(NULL) to drop others.
 */
void lv_nice_set_deblocking(bool enabled);

#ifdef __cplusplus
}
#endif

#endif
