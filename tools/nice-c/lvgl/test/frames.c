/*
 * Shows NICE images with LVGL and compares each frame with what nice.c decodes, to the bit: `frames FOLDER`, in the root of the
 * repository, with a folder for damaged files. It leaves a frame in FOLDER/frame.ppm.
 */
#include "lvgl.h"
#include "lvgl_private.h"
#include "lv_nice.h"
#include "nice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 320
#define HEIGHT 240
#define LAKE "firmware-example/pictures/large/lake.nice"
#define PART "firmware-example/pictures/large/part.nice"
#define FLOOR "firmware-example/pictures/large/floor.nice"
#define DEMO "firmware-example/pictures/large/demo.nice"
#define NETWORK_MODEL "nice-decode/tests/data/model.nicem"
#define NETWORK_IMAGE "nice-decode/tests/data/image.nice"

#define CHECK(condition) check(condition, #condition, __LINE__)

static void check(int condition, const char *what, int line)
{
    if (!condition) {
        fprintf(stderr, "frames.c:%d: not so: %s\n", line, what);
        exit(1);
    }
}

/* ---- The memory of LVGL: allocated one by one, so that AddressSanitizer sees what is written outside, and counted. ---- */

#define PREFIX 16

static size_t used, most_used, largest_allowed = SIZE_MAX;

void lv_mem_init(void) {}
void lv_mem_deinit(void) {}

lv_mem_pool_t lv_mem_add_pool(void *memory, size_t bytes)
{
    LV_UNUSED(memory);
    LV_UNUSED(bytes);
    return NULL;
}

void lv_mem_remove_pool(lv_mem_pool_t pool)
{
    LV_UNUSED(pool);
}

void *lv_malloc_core(size_t size)
{
    uint8_t *memory = size <= largest_allowed ? malloc(PREFIX + size) : NULL;

    if (memory == NULL)
        return NULL;
    memcpy(memory, &size, sizeof size);
    used += size;
    if (used > most_used)
        most_used = used;
    return memory + PREFIX;
}

void lv_free_core(void *memory)
{
    uint8_t *start = (uint8_t *)memory - PREFIX;
    size_t size;

    memcpy(&size, start, sizeof size);
    used -= size;
    free(start);
}

void *lv_realloc_core(void *memory, size_t size)
{
    void *moved = lv_malloc_core(size);
    size_t before;

    if (memory == NULL || moved == NULL)
        return moved;
    memcpy(&before, (uint8_t *)memory - PREFIX, sizeof before);
    memcpy(moved, memory, before < size ? before : size);
    lv_free_core(memory);
    return moved;
}

void lv_mem_monitor_core(lv_mem_monitor_t *monitor)
{
    monitor->total_size = used;
    monitor->max_used = most_used;
}

lv_result_t lv_mem_test_core(void)
{
    return LV_RESULT_OK;
}

/* The most memory that LVGL has used since the last call, beyond what it used then. */
static size_t peak_memory(void)
{
    static size_t before;
    lv_mem_monitor_t monitor;
    size_t peak;

    lv_mem_monitor(&monitor);
    peak = monitor.max_used - before;
    before = most_used = used;
    return peak;
}

/* ---- The log of LVGL ---- */

static char last_warning[256];

static void log_warning(lv_log_level_t level, const char *text)
{
    const char *from = strstr(text, "NICE: "), *end = strstr(text, " lv_nice.c:");

    LV_UNUSED(level);
    if (from != NULL && end > from)
        snprintf(last_warning, sizeof last_warning, "%.*s", (int)(end - from - 6), from + 6);
}

/* ---- Files ---- */

struct file {
    uint8_t *bytes;
    size_t length;
};

static struct file read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    struct file file;

    CHECK(in != NULL);
    fseek(in, 0, SEEK_END);
    file.length = (size_t)ftell(in);
    file.bytes = malloc(file.length);
    rewind(in);
    CHECK(fread(file.bytes, 1, file.length, in) == file.length);
    fclose(in);
    return file;
}

static void write_file(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *out = fopen(path, "wb");

    CHECK(out != NULL && fwrite(bytes, 1, length, out) == length && fclose(out) == 0);
}

/* A driver of LVGL for files in memory, "M:", which fails at every read after some. */

static struct file memory_file;
static int reads_left;

struct cursor {
    uint32_t at;
};

static void *memory_open(lv_fs_drv_t *driver, const char *path, lv_fs_mode_t mode)
{
    LV_UNUSED(driver);
    LV_UNUSED(path);
    LV_UNUSED(mode);
    return calloc(1, sizeof(struct cursor));
}

static lv_fs_res_t memory_close(lv_fs_drv_t *driver, void *file)
{
    LV_UNUSED(driver);
    free(file);
    return LV_FS_RES_OK;
}

static lv_fs_res_t memory_read(lv_fs_drv_t *driver, void *file, void *to, uint32_t length, uint32_t *count)
{
    struct cursor *cursor = file;
    uint32_t left = cursor->at < memory_file.length ? (uint32_t)memory_file.length - cursor->at : 0;

    LV_UNUSED(driver);
    if (reads_left-- <= 0)
        return LV_FS_RES_HW_ERR;
    *count = left < length ? left : length;
    memcpy(to, memory_file.bytes + cursor->at, *count);
    cursor->at += *count;
    return LV_FS_RES_OK;
}

static lv_fs_res_t memory_seek(lv_fs_drv_t *driver, void *file, uint32_t to, lv_fs_whence_t whence)
{
    struct cursor *cursor = file;

    LV_UNUSED(driver);
    CHECK(whence == LV_FS_SEEK_SET);
    cursor->at = to;
    return LV_FS_RES_OK;
}

/* ---- The display ---- */

static lv_display_t *display;
static uint8_t frame[WIDTH * HEIGHT * 4], expected[WIDTH * HEIGHT * 4];
static uint8_t draw_buffer[WIDTH * HEIGHT * 4 + 64];
static uint32_t pixels_drawn;

static uint32_t pixel_bytes(lv_color_format_t color_format)
{
    return LV_COLOR_FORMAT_GET_SIZE(color_format);
}

/* Copies what was drawn to the frame. */
static void flush(lv_display_t *on, const lv_area_t *area, uint8_t *pixels)
{
    const lv_color_format_t color_format = lv_display_get_color_format(on);
    const uint32_t bytes = pixel_bytes(color_format), width = (uint32_t)lv_area_get_width(area);
    const uint32_t stride = lv_draw_buf_width_to_stride(width, color_format);
    int32_t y;

    for (y = area->y1; y <= area->y2; y++, pixels += stride)
        memcpy(frame + ((uint32_t)y * WIDTH + (uint32_t)area->x1) * bytes, pixels, width * bytes);
    pixels_drawn += lv_area_get_size(area);
    lv_display_flush_ready(on);
}

/* A display that is drawn some lines at a time. */
static void open_display(lv_color_format_t color_format, uint32_t lines)
{
    uint8_t *start = (uint8_t *)(((uintptr_t)draw_buffer + 15) / 16 * 16);

    if (display != NULL)
        lv_display_delete(display);
    display = lv_display_create(WIDTH, HEIGHT);
    lv_display_set_color_format(display, color_format);
    lv_display_set_buffers(display, start, NULL, lines * lv_draw_buf_width_to_stride(WIDTH, color_format),
                           LV_DISPLAY_RENDER_MODE_PARTIAL);
    lv_display_set_flush_cb(display, flush);
    lv_obj_set_style_bg_color(lv_screen_active(), lv_color_hex(0xFFFFFF), 0);
    lv_obj_remove_flag(lv_screen_active(), LV_OBJ_FLAG_SCROLLABLE);
    memset(expected, 0xFF, sizeof expected);
}

/* The pixel format of nice.c for that of the display. */
static nice_format format_of(lv_color_format_t color_format)
{
    return color_format == LV_COLOR_FORMAT_RGB565   ? NICE_FORMAT_RGB565_LE
           : color_format == LV_COLOR_FORMAT_RGB888 ? NICE_FORMAT_BGR888
           : color_format == LV_COLOR_FORMAT_L8     ? NICE_FORMAT_GRAY8
                                                    : NICE_FORMAT_XRGB8888;
}

/* Draws an image on what is expected, at a position, cropped. */
static void expect(const char *model_path, const char *image_path, int x, int y, int deblocked)
{
    const lv_color_format_t color_format = lv_display_get_color_format(display);
    const nice_format format = format_of(color_format);
    const size_t bytes = pixel_bytes(color_format);
    struct file model_file = read_file(model_path), image_file = read_file(image_path);
    nice_model model;
    nice_image image;
    nice_region whole;
    size_t stride, needed;
    uint8_t *pixels, *memory;
    int column, line;

    CHECK(nice_model_open(&model, model_file.bytes, model_file.length) == NICE_STATUS_OK);
    CHECK(nice_image_open(&image, &model, image_file.bytes, image_file.length) == NICE_STATUS_OK);
    whole = nice_image_region(&image);
    stride = nice_line_bytes(format, whole.width);
    pixels = malloc(stride * whole.height);
    needed = nice_deblock_bytes(&image, whole);
    memory = malloc(needed);
    if (deblocked) {
        nice_deblocker deblocker;
        CHECK(nice_deblocker_open(&deblocker, &image, whole, memory, needed) == NICE_STATUS_OK);
        CHECK(nice_deblock_region(&deblocker, whole, format, pixels, stride * whole.height, stride) == NICE_STATUS_OK);
    } else {
        CHECK(nice_decode_region(&image, whole, format, pixels, stride * whole.height, stride) == NICE_STATUS_OK);
    }
    for (line = 0; line < (int)whole.height; line++)
        for (column = 0; column < (int)whole.width; column++)
            if (x + column >= 0 && x + column < WIDTH && y + line >= 0 && y + line < HEIGHT)
                memcpy(expected + (size_t)((y + line) * WIDTH + x + column) * bytes,
                       pixels + (size_t)line * stride + (size_t)column * bytes, bytes);
    free(memory);
    free(pixels);
    free(model_file.bytes);
    free(image_file.bytes);
}

/* Whether the frame is what is expected; the fourth byte of XRGB8888 does not matter. */
static int frame_is_right(void)
{
    const uint32_t bytes = pixel_bytes(lv_display_get_color_format(display)), compared = bytes == 4 ? 3 : bytes;
    uint32_t i;

    for (i = 0; i < WIDTH * HEIGHT; i++)
        if (memcmp(frame + i * bytes, expected + i * bytes, compared) != 0) {
            fprintf(stderr, "pixel (%u, %u) of the frame is another one\n", (unsigned)(i % WIDTH), (unsigned)(i / WIDTH));
            return 0;
        }
    return 1;
}

/* Draws what has changed. */
static void refresh(void)
{
    pixels_drawn = 0;
    lv_refr_now(display);
}

static lv_obj_t *show(const void *source, int x, int y)
{
    lv_obj_t *image = lv_image_create(lv_screen_active());

    lv_image_set_src(image, source);
    lv_obj_set_pos(image, x, y);
    return image;
}

/* ---- Tests ---- */

static const lv_color_format_t color_formats[] = { LV_COLOR_FORMAT_RGB565, LV_COLOR_FORMAT_RGB888, LV_COLOR_FORMAT_XRGB8888,
                                                   LV_COLOR_FORMAT_L8 };
static const char model_m[] = "nice-decode/models/m.nicem";

static void files_and_arrays_in_every_format(void)
{
    static const int places[][2] = { { 0, 0 }, { 7, 5 }, { -13, -21 }, { 150, 131 }, { -90, 100 }, { 319, 239 }, { -400, 0 } };
    static const char *const paths[] = { LAKE, PART, FLOOR, DEMO };
    unsigned format, place, path, deblocked;

    for (format = 0; format < 4; format++)
        for (path = 0; path < 4; path++)
            for (place = 0; place < sizeof places / sizeof *places; place++)
                for (deblocked = 0; deblocked < 2; deblocked++) {
                    const int x = places[place][0], y = places[place][1];
                    struct file file = read_file(paths[path]);
                    const lv_image_dsc_t array = { .header = { .magic = LV_IMAGE_HEADER_MAGIC, .cf = LV_COLOR_FORMAT_RAW },
                                                   .data_size = (uint32_t)file.length,
                                                   .data = file.bytes };
                    char name[80];

                    lv_nice_set_deblocking(deblocked != 0);
                    open_display(color_formats[format], place % 2 == 0 ? 10 : 48);
                    snprintf(name, sizeof name, "S:%s", paths[path]);
                    show(name, x, y);
                    expect(model_m, paths[path], x, y, (int)deblocked);
                    refresh();
                    CHECK(frame_is_right());
                    lv_obj_clean(lv_screen_active());
                    memset(frame, 0, sizeof frame);
                    show(&array, x, y);
                    refresh();
                    CHECK(frame_is_right());
                    open_display(color_formats[format], 1); /* the image is deleted before the array */
                    free(file.bytes);
                }
    lv_nice_set_deblocking(false);
}

static void several_images_and_parts_that_change(void)
{
    lv_obj_t *lake, *part;
    lv_area_t area = { 33, 41, 77, 66 };

    open_display(LV_COLOR_FORMAT_RGB565, 24);
    lake = show("S:" LAKE, 0, 0);
    part = show("S:" PART, 60, 50);
    LV_UNUSED(lake);
    expect(model_m, LAKE, 0, 0, 0);
    expect(model_m, PART, 60, 50, 0);
    refresh();
    CHECK(frame_is_right() && pixels_drawn == WIDTH * HEIGHT);
    /* Only the part of the frame that has changed is drawn, and it is drawn the same. */
    lv_obj_invalidate_area(part, &area);
    refresh();
    CHECK(frame_is_right() && pixels_drawn > 0 && pixels_drawn < 50 * 30);
    lv_obj_set_pos(part, 57, 58);
    expect(model_m, LAKE, 0, 0, 0);
    expect(model_m, PART, 57, 58, 0);
    refresh();
    CHECK(frame_is_right() && pixels_drawn < 210 * 135);
    lv_image_set_src(part, "S:" FLOOR);
    expect(model_m, LAKE, 0, 0, 0);
    expect(model_m, FLOOR, 57, 58, 0);
    refresh();
    CHECK(frame_is_right());
}

static void tiles(void)
{
    lv_obj_t *image;
    int x, y;

    open_display(LV_COLOR_FORMAT_RGB888, 30);
    image = show("S:" PART, 0, 0);
    lv_obj_set_size(image, WIDTH, HEIGHT);
    lv_image_set_inner_align(image, LV_IMAGE_ALIGN_TILE);
    for (y = 0; y < HEIGHT; y += 120)
        for (x = 0; x < WIDTH; x += 200)
            expect(model_m, PART, x, y, 0);
    refresh();
    CHECK(frame_is_right());
}

static void the_cache(void)
{
    lv_obj_t *image;

    memory_file = read_file(LAKE);
    reads_left = 1000000;
    lv_image_cache_resize(WIDTH * HEIGHT * 2 + 1000, true);
    open_display(LV_COLOR_FORMAT_RGB565, 40);
    show("M:cached", 3, 2);
    expect(model_m, LAKE, 3, 2, 0);
    refresh();
    CHECK(frame_is_right());
    /* LVGL asks for the size six times, but the rest of the file, which takes 50 reads, is not read again. */
    reads_left = 6;
    memset(frame, 0, sizeof frame);
    lv_obj_invalidate(lv_screen_active());
    refresh();
    CHECK(frame_is_right());
    /* One that does not fit is decoded strip by strip. */
    open_display(LV_COLOR_FORMAT_RGB565, 40);
    show("S:" DEMO, -200, -100);
    expect(model_m, DEMO, -200, -100, 0);
    refresh();
    CHECK(frame_is_right());
    /* One that does can be rotated. */
    open_display(LV_COLOR_FORMAT_RGB565, 40);
    image = show("S:" PART, 60, 60);
    lv_image_set_rotation(image, 450);
    refresh();
    CHECK(memcmp(frame, expected, WIDTH * HEIGHT * 2) != 0);
    open_display(LV_COLOR_FORMAT_RGB565, 40);
    lv_image_cache_resize(0, true);
    free(memory_file.bytes);
}

/* Shows something that cannot be shown, and checks that nothing is drawn, for a reason. */
static void refuse(const void *source, const char *reason)
{
    last_warning[0] = 0;
    open_display(LV_COLOR_FORMAT_RGB565, 16);
    show(source, 10, 10);
    memset(frame, 0, sizeof frame);
    refresh();
    CHECK(frame_is_right());
    if (strcmp(last_warning, reason) != 0)
        fprintf(stderr, "\"%s\" instead of \"%s\"\n", last_warning, reason);
    CHECK(strcmp(last_warning, reason) == 0);
}

static void images_that_cannot_be_shown(struct file model, const char *folder)
{
    struct file file = read_file(LAKE), network = read_file(NETWORK_MODEL);
    char path[300], name[310];
    lv_image_dsc_t array = { .header = { .magic = LV_IMAGE_HEADER_MAGIC, .cf = LV_COLOR_FORMAT_RAW },
                             .data_size = (uint32_t)file.length,
                             .data = file.bytes };

    snprintf(path, sizeof path, "%s/damaged.nice", folder);
    snprintf(name, sizeof name, "S:%s", path);
    file.bytes[1000] ^= 1;
    write_file(path, file.bytes, file.length);
    refuse(name, "the image is damaged: its checksum does not match");
    refuse(&array, "the image is damaged: its checksum does not match");
    file.bytes[1000] ^= 1;
    write_file(path, file.bytes, file.length - 10);
    refuse(name, "the image could not be read");
    array.data_size -= 10;
    refuse(&array, "the image could not be read");
    array.data_size = 3;
    refuse(&array, "the image could not be read");
    array.data_size = (uint32_t)file.length;
    file.bytes[11] = 1; /* too wide */
    write_file(path, file.bytes, 20);
    refuse(name, "the image could not be read");
    file.bytes[11] = 0;
    write_file(path, file.bytes, 0);
    refuse(name, "the image could not be read");
    write_file(path, (const uint8_t *)"GIF89a, not an image of ours", 28);
    refuse(name, "");
    refuse("S:no/such/file.nice", "");
    refuse("S:" NETWORK_IMAGE, "the image was encoded for another model");
    refuse("S:firmware-example/pictures/small/lake.nice", "the image was encoded for another model");

    /* Replaced models. */
    CHECK(lv_nice_init(network.bytes, network.length) == LV_RESULT_OK);
    refuse("S:" LAKE, "the image was encoded for another model");
    open_display(LV_COLOR_FORMAT_XRGB8888, 16);
    show("S:" NETWORK_IMAGE, 100, 100);
    expect(NETWORK_MODEL, NETWORK_IMAGE, 100, 100, 0);
    refresh();
    CHECK(frame_is_right());
    CHECK(lv_nice_init(model.bytes, model.length - 1) == LV_RESULT_INVALID && lv_nice_init(NULL, 0) == LV_RESULT_INVALID);
    lv_nice_deinit();
    refuse("S:" LAKE, "");
    refuse(&array, "");
    CHECK(lv_nice_init(NULL, 10) == LV_RESULT_INVALID);
    refuse("S:" LAKE, "");
    CHECK(lv_nice_init(model.bytes, model.length) == LV_RESULT_OK);

    /* No memory for the lines, and files that cannot be read anymore. */
    open_display(LV_COLOR_FORMAT_RGB565, 16);
    show("S:" LAKE, 0, 0);
    largest_allowed = WIDTH * 8 * 2 - 1;
    refresh();
    CHECK(frame_is_right());
    largest_allowed = SIZE_MAX;
    memory_file = file;
    for (reads_left = 0; reads_left < 700;) {
        const int allowed = reads_left + 1;
        reads_left = allowed;
        open_display(LV_COLOR_FORMAT_RGB565, 16);
        show("M:image", 0, 0);
        refresh();
        reads_left = allowed + (allowed < 60 ? 0 : 20);
    }
    open_display(LV_COLOR_FORMAT_RGB565, 16);
    reads_left = 1000000;
    show("M:image", 0, 0);
    expect(model_m, LAKE, 0, 0, 0);
    refresh();
    CHECK(frame_is_right());
    open_display(LV_COLOR_FORMAT_RGB565, 1);
    free(network.bytes);
    free(file.bytes);
}

/* What LVGL's memory has at most while an image is drawn, beyond what the display and the widget take. */
static void memory_for_an_image(void)
{
    static const char *const kinds[] = { "", ", deblocked" };
    unsigned deblocked;

    for (deblocked = 0; deblocked < 2; deblocked++) {
        lv_obj_t *image;
        size_t peak, without;
        lv_nice_set_deblocking(deblocked != 0);
        open_display(LV_COLOR_FORMAT_RGB565, 24);
        image = show("S:" LAKE, 0, 0);
        lv_obj_add_flag(image, LV_OBJ_FLAG_HIDDEN);
        refresh();
        peak_memory();
        lv_obj_invalidate(lv_screen_active());
        refresh();
        without = peak_memory();
        lv_obj_remove_flag(image, LV_OBJ_FLAG_HIDDEN);
        refresh();
        peak = peak_memory();
        expect(model_m, LAKE, 0, 0, (int)deblocked);
        CHECK(frame_is_right());
        printf("an image of 320 x 240 pixels, RGB565%s: at most %zu bytes of LVGL's memory, %zu of them without it\n",
               kinds[deblocked], peak, without);
        CHECK(peak - without < (deblocked ? 24000 : 7000));
    }
    lv_nice_set_deblocking(false);
}

/* A frame to look at. */
static void scene(const char *folder)
{
    char path[300];
    FILE *out;
    lv_obj_t *panel, *text, *bar, *image;
    uint32_t i;

    lv_nice_set_deblocking(true);
    open_display(LV_COLOR_FORMAT_RGB565, 24);
    show("S:" LAKE, 0, 0);
    panel = lv_obj_create(lv_screen_active());
    lv_obj_set_size(panel, 196, 62);
    lv_obj_align(panel, LV_ALIGN_TOP_LEFT, 10, 10);
    lv_obj_set_style_bg_opa(panel, LV_OPA_80, 0);
    lv_obj_remove_flag(panel, LV_OBJ_FLAG_SCROLLABLE);
    text = lv_label_create(panel);
    lv_label_set_text(text, "lake.nice: 7,224 bytes");
    lv_obj_align(text, LV_ALIGN_TOP_LEFT, 0, -6);
    bar = lv_bar_create(panel);
    lv_obj_set_size(bar, 160, 10);
    lv_obj_align(bar, LV_ALIGN_BOTTOM_LEFT, 0, 0);
    lv_bar_set_value(bar, 5, LV_ANIM_OFF);
    panel = lv_obj_create(lv_screen_active());
    lv_obj_set_size(panel, 112, 92);
    lv_obj_align(panel, LV_ALIGN_BOTTOM_RIGHT, -10, -10);
    lv_obj_set_style_radius(panel, 12, 0);
    lv_obj_set_style_pad_all(panel, 0, 0);
    lv_obj_set_style_clip_corner(panel, true, 0);
    lv_obj_remove_flag(panel, LV_OBJ_FLAG_SCROLLABLE);
    image = lv_image_create(panel);
    lv_image_set_src(image, "S:" PART);
    lv_obj_set_pos(image, -85, -8);
    refresh();
    snprintf(path, sizeof path, "%s/frame.ppm", folder);
    out = fopen(path, "wb");
    CHECK(out != NULL);
    fprintf(out, "P6\n%d %d\n255\n", WIDTH, HEIGHT);
    for (i = 0; i < WIDTH * HEIGHT; i++) {
        const unsigned pixel = frame[2 * i] | (unsigned)frame[2 * i + 1] << 8;
        fputc((int)((pixel >> 11) * 255 / 31), out);
        fputc((int)((pixel >> 5 & 63) * 255 / 63), out);
        fputc((int)((pixel & 31) * 255 / 31), out);
    }
    fclose(out);
    lv_nice_set_deblocking(false);
}

int main(int count, char **arguments)
{
    static lv_fs_drv_t driver;
    struct file model = read_file(model_m);

    CHECK(count == 2);
    lv_init();
    lv_log_register_print_cb(log_warning);
    lv_fs_drv_init(&driver);
    driver.letter = 'M';
    driver.open_cb = memory_open;
    driver.close_cb = memory_close;
    driver.read_cb = memory_read;
    driver.seek_cb = memory_seek;
    lv_fs_drv_register(&driver);
    CHECK(lv_nice_init(model.bytes, model.length) == LV_RESULT_OK);

    memory_for_an_image();
    files_and_arrays_in_every_format();
    several_images_and_parts_that_change();
    tiles();
    the_cache();
    images_that_cannot_be_shown(model, arguments[1]);
    scene(arguments[1]);
    lv_nice_deinit();
    lv_deinit();
    CHECK(used == 0);
    free(model.bytes);
    printf("LVGL draws what nice.c decodes\n");
    return 0;
}
