/*
 * Decodes blocks, texels and rows in all formats, prints a checksum of each, and counts the instructions and the stack that they
 * take, like `firmware-example/measure/count.rs` does with nice-decode. The lines with the checksums are the same on every
 * machine; those with measurements begin with "measured: ".
 */
#include "board.h"
#include "nice.h"

#include <string.h>

/* The width of the widest slide. */
#ifndef WIDTH
#define WIDTH 320
#endif

#define FILE_OF(name) extern const uint8_t name[], name##_end[]
FILE_OF(codebook);
FILE_OF(slide);
FILE_OF(floor_texture);
FILE_OF(part);
FILE_OF(network_small);
FILE_OF(network_image);
FILE_OF(network_large);
#define LENGTH_OF(name) ((size_t)(name##_end - name))

static uint32_t lines_words[WIDTH * 8];
static uint32_t memory_words[384 / 4 * (WIDTH / 8)];
static uint8_t *const lines = (uint8_t *)lines_words;
static uint8_t *const memory = (uint8_t *)memory_words;
static uint8_t block[192];

static void print_number(uint32_t number, unsigned base, unsigned digits)
{
    char text[12];
    char *at = text + sizeof text - 1;

    *at = 0;
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0 || at > text + sizeof text - 1 - digits);
    board_print(at);
}

static void fail(const char *what, nice_status status)
{
    board_print(what);
    board_print(": ");
    board_print(nice_strerror(status));
    board_print("\n");
    board_exit(1);
}

/* The CRC-32 of bytes, after those of which it is `crc`. */
static uint32_t checksum(uint32_t crc, const uint8_t *bytes, size_t length)
{
    size_t i;
    int bit;

    crc = ~crc;
    for (i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void report_checksum(const char *what, uint32_t crc)
{
    print_number(crc, 16, 8);
    board_print(" ");
    board_print(what);
    board_print("\n");
}

/* Prints a number of instructions for each of some items, rounded to a tenth. */
static void report_cost(uint32_t instructions, uint32_t items, const char *what)
{
    uint32_t tenths;

    if (instructions == 0)
        return;
    tenths = (uint32_t)(((uint64_t)instructions * 100 / items + 5) / 10);
    board_print("measured: ");
    print_number(tenths / 10, 10, 1);
    board_print(".");
    print_number(tenths % 10, 10, 1);
    board_print(" instructions ");
    board_print(what);
    board_print("\n");
}

/* The bytes near the bottom of the stack that a program here never uses. */
#define PATTERN 0xA5

/* Overwrites the unused stack with a pattern. */
static __attribute__((noinline)) void paint_stack(void)
{
    uint8_t here;
    volatile uint8_t *at = board_stack();

    if (at != NULL)
        while ((uintptr_t)at < (uintptr_t)&here - 64)
            *at++ = PATTERN;
}

/* Prints how much of the stack below here has been used since paint_stack(). */
static __attribute__((noinline)) void report_stack(const char *what)
{
    uint8_t here;
    volatile uint8_t *at = board_stack();

    if (at == NULL)
        return;
    while (*at == PATTERN)
        at++;
    board_print("measured: ");
    print_number((uint32_t)((uintptr_t)&here - (uintptr_t)at), 10, 1);
    board_print(" bytes of stack, ");
    board_print(what);
    board_print("\n");
}

static nice_image open_image(const nice_model *model, const uint8_t *file, size_t length)
{
    nice_image image;
    nice_status status = nice_image_open(&image, model, file, length);

    if (status != NICE_STATUS_OK)
        fail("image", status);
    return image;
}

static nice_model open_model(const uint8_t *file, size_t length)
{
    nice_model model;
    nice_status status = nice_model_open(&model, file, length);

    if (status != NICE_STATUS_OK)
        fail("model", status);
    return model;
}

static void blocks(const nice_image *image, const char *what)
{
    uint32_t i, count = nice_image_blocks(image), total = 0, crc = 0;

    for (i = 0; i < count; i++) {
        board_start_counter();
        nice_decode_block(image, i, block);
        total += board_read_counter();
        crc = checksum(crc, block, sizeof block);
    }
    report_checksum(what, crc);
    report_cost(total, 64 * count, what);
    paint_stack();
    nice_decode_block(image, count / 2, block);
    report_stack(what);
}

/* All texels of a column of blocks. */
static void texels(const nice_image *image, uint32_t column, const char *what)
{
    uint32_t x, y, count = 0, total, crc = 0, height = nice_image_region(image).height;
    uint8_t rgb[3];

    board_start_counter();
    for (y = 0; y < height; y++)
        for (x = column; x < column + 8; x++, count++)
            nice_texel(image, x, y, rgb);
    total = board_read_counter();
    for (y = 0; y < height; y++)
        for (x = column; x < column + 8; x++) {
            nice_texel(image, x, y, rgb);
            crc = checksum(crc, rgb, 3);
        }
    report_checksum(what, crc);
    report_cost(total, count, what);
    paint_stack();
    nice_texel(image, column, height / 2, rgb);
    report_stack(what);
}

static void rows(const nice_image *image, nice_format format, const char *what)
{
    nice_region whole = nice_image_region(image), rest = whole, strip;
    size_t stride = nice_line_bytes(format, whole.width);
    uint32_t row, total = 0, crc = 0;

    for (row = 0; nice_next_strip(image, &rest, &strip); row++) {
        nice_status status;
        board_start_counter();
        status = nice_decode_row(image, row, format, lines, sizeof lines_words, stride);
        total += board_read_counter();
        if (status != NICE_STATUS_OK)
            fail(what, status);
        crc = checksum(crc, lines, strip.height * stride);
    }
    report_checksum(what, crc);
    report_cost(total, whole.width * whole.height, what);
    paint_stack();
    nice_decode_row(image, 1, format, lines, sizeof lines_words, stride);
    report_stack(what);
}

static void deblocked_rows(const nice_image *image, nice_format format, const char *what)
{
    nice_region rest = nice_image_region(image), strip;
    size_t stride = nice_line_bytes(format, rest.width);
    uint32_t total = 0, crc = 0, pixels = rest.width * rest.height;
    nice_deblocker deblocker;
    nice_status status = nice_deblocker_open(&deblocker, image, rest, memory, sizeof memory_words);

    while (status == NICE_STATUS_OK && nice_next_strip(image, &rest, &strip)) {
        board_start_counter();
        status = nice_deblock_region(&deblocker, strip, format, lines, sizeof lines_words, stride);
        total += board_read_counter();
        crc = checksum(crc, lines, strip.height * stride);
    }
    if (status != NICE_STATUS_OK)
        fail(what, status);
    report_checksum(what, crc);
    report_cost(total, pixels, what);
    paint_stack();
    strip.y -= 16;
    nice_deblock_region(&deblocker, strip, format, lines, sizeof lines_words, stride);
    report_stack(what);
}

/* Rows of pictures that are reduced and turned. */
static void transformed_rows(const nice_image *image)
{
    static const char *const reduced[] = { "per pixel, rows of RGB565 at 1/2", "per pixel, rows of RGB565 at 1/4",
                                           "per pixel, rows of RGB565 at 1/8" };
    static const char *const turned[] = { "per pixel, rows of RGB565, turned by 90 degrees",
                                          "per pixel, rows of RGB565, turned by 180 degrees",
                                          "per pixel, rows of RGB565, flipped horizontally" };
    static const nice_orientation orientations[] = { NICE_ORIENTATION_ROTATE_90, NICE_ORIENTATION_ROTATE_180,
                                                     NICE_ORIENTATION_FLIP_HORIZONTAL };
    nice_image picture = *image;
    unsigned i;

    for (i = 0; i < 3; i++) {
        nice_image_set_scale(&picture, (nice_scale)(i + 1));
        rows(&picture, NICE_FORMAT_RGB565_BE, reduced[i]);
    }
    nice_image_set_scale(&picture, NICE_SCALE_FULL);
    for (i = 0; i < 3; i++) {
        nice_image_set_orientation(&picture, orientations[i]);
        rows(&picture, NICE_FORMAT_RGB565_BE, turned[i]);
    }
    nice_image_set_scale(&picture, NICE_SCALE_HALF);
    nice_image_set_orientation(&picture, NICE_ORIENTATION_ROTATE_90);
    rows(&picture, NICE_FORMAT_DITHERED_GRAY2_LSB, "per pixel, rows of gray with 2 bits at 1/2, turned by 90 degrees");
}

static void network(const uint8_t *file, size_t length, uint32_t hidden, const char *what)
{
    nice_model model = open_model(file, length);
    /* An image of a block, with the id of the model. */
    uint8_t image_file[30] = { 'N', 'I', 'C', 'E', 1, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0 };
    uint32_t id = nice_model_id(&model), crc, total, i;
    nice_image image;

    for (i = 0; i < 4; i++)
        image_file[16 + i] = (uint8_t)(id >> (8 * i));
    for (i = 20; i < 26; i++)
        image_file[i] = (uint8_t)(0x9B * i);
    crc = checksum(0, image_file, 26);
    for (i = 0; i < 4; i++)
        image_file[26 + i] = (uint8_t)(crc >> (8 * i));
    image = open_image(&model, image_file, sizeof image_file);
    board_start_counter();
    nice_decode_block(&image, 0, block);
    total = board_read_counter();
    report_checksum(what, checksum(0, block, sizeof block));
    report_cost(total, 192 * hidden, what);
    paint_stack();
    nice_decode_block(&image, 0, block);
    report_stack(what);
}

int main(void)
{
    nice_model model = open_model(codebook, LENGTH_OF(codebook));
    nice_image image = open_image(&model, floor_texture, LENGTH_OF(floor_texture));

    blocks(&image, "per pixel, block");
    texels(&image, 124, "per texel");
    image = open_image(&model, part, LENGTH_OF(part));
    blocks(&image, "per pixel, block, adaptive");
    texels(&image, 96, "per texel, adaptive");
    image = open_image(&model, slide, LENGTH_OF(slide));
    rows(&image, NICE_FORMAT_RGB888, "per pixel, rows of RGB888");
    rows(&image, NICE_FORMAT_RGB565_LE, "per pixel, rows of RGB565, low byte first");
    rows(&image, NICE_FORMAT_RGB565_BE, "per pixel, rows of RGB565, high byte first");
    rows(&image, NICE_FORMAT_BGR555_LE, "per pixel, rows of BGR555");
    rows(&image, NICE_FORMAT_BGR888, "per pixel, rows of BGR888");
    rows(&image, NICE_FORMAT_XRGB8888, "per pixel, rows of XRGB8888");
    rows(&image, NICE_FORMAT_DITHERED_RGB565_BE, "per pixel, rows of RGB565, high byte first, dithered");
    rows(&image, NICE_FORMAT_GRAY8, "per pixel, rows of gray with 8 bits");
    rows(&image, NICE_FORMAT_DITHERED_GRAY1_MSB, "per pixel, rows of gray with 1 bit, dithered");
    transformed_rows(&image);
    deblocked_rows(&image, NICE_FORMAT_RGB565_BE, "per pixel, rows of RGB565, high byte first, deblocked");
    network(network_small, LENGTH_OF(network_small), 32, "per multiply-add, 32 hidden units");
    network(network_large, LENGTH_OF(network_large), 256, "per multiply-add, 256 hidden units");
    model = open_model(network_small, LENGTH_OF(network_small));
    image = open_image(&model, network_image, LENGTH_OF(network_image));
    rows(&image, NICE_FORMAT_RGB565_BE, "per pixel, rows of a network, RGB565");
    return 0;
}
