/*
 * NICE: decodes NICE images with integers only, without a heap. Add nice.h and nice.c to a project; there is nothing else.
 *
 * NICE codes every block of 8 x 8 pixels on its own, and a model, a second file, turns the blocks back into pixels.
 *
 *     static const uint8_t model_file[] = { ... }, image_file[] = { ... };
 *     nice_model model;
 *     nice_image image;
 *     uint8_t lines[8 * 3 * WIDTH];
 *     nice_region rest, strip;
 *
 *     if (nice_model_open(&model, model_file, sizeof model_file) != NICE_STATUS_OK ||
 *         nice_image_open(&image, &model, image_file, sizeof image_file) != NICE_STATUS_OK)
 *         return;
 *     rest = nice_image_region(&image);
 *     while (nice_next_strip(&image, &rest, &strip)) {
 *         nice_decode_region(&image, strip, NICE_FORMAT_RGB888, lines, sizeof lines, 3 * WIDTH);
 *         ...
 *     }
 *
 * Nothing has to be closed or freed, and there is no global state, so that threads may decode the same image at the same time
 * (unless it is read by a callback, see nice_image_open_reader()).
 *
 * A pointer may be null: the function then returns NICE_STATUS_ARGUMENT, or 0 or an empty region. Any other pointer must be
 * valid. Files may be at any address; on processors with 32 bits, a model is decoded faster if its address is a multiple of 4.
 *
 * These macros, defined for the whole project, leave parts of the decoder out:
 *
 *     NICE_NO_NETWORK     models with a network (codebooks remain)
 *     NICE_NO_CODEBOOK    models with a codebook (networks remain)
 *     NICE_NO_ADAPTIVE    images in the adaptive layout (those encoded with `--fixed` remain)
 *     NICE_NO_DEBLOCK     deblocking
 *     NICE_NO_REDUCED     images at 1/2, 1/4 and 1/8 of their size
 *     NICE_NO_TURNED      images in other orientations
 *     NICE_NO_READER      images that are read by a callback
 *     NICE_NO_TEXT        the texts of nice_strerror()
 *     NICE_NO_DSP         Arm's DSP instructions, which are used where the compiler says that there are any
 *     NICE_FORMATS        set to the formats to keep: the sum of 1 << NICE_FORMAT_... for each, as a number. Deblocking keeps
 *                         RGB888, without which nice_decode_block() returns NICE_STATUS_FORMAT
 *
 * With optimization for size (-Os), the code is smaller by more than a third, and decoding takes up to a half more instructions.
 */
#ifndef NICE_H
#define NICE_H

#include <stddef.h>
#include <stdint.h>

/* The version of the decoder: 10000 * major + 100 * minor + patch. */
#define NICE_VERSION 100
#define NICE_VERSION_STRING "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The result of a function. nice_strerror() describes it. */
typedef enum nice_status {
    /* No error. */
    NICE_STATUS_OK = 0,
    /* A pointer is null, or a length is impossible: more than 4 GiB, or more than half of the address space. */
    NICE_STATUS_ARGUMENT = 1,
    /* The model, image or deblocker is not open. */
    NICE_STATUS_NOT_OPEN = 2,
    /* There is no pixel format with this number, or NICE_FORMATS leaves it out. */
    NICE_STATUS_FORMAT = 3,
    /* The file is not a model. */
    NICE_STATUS_NOT_A_MODEL = 4,
    /* The model has a version that this library does not read, or is of a kind that was left out. */
    NICE_STATUS_UNSUPPORTED_MODEL = 5,
    /* The file of the model ends too early. */
    NICE_STATUS_TRUNCATED_MODEL = 6,
    /* The model is damaged: its checksum does not match. */
    NICE_STATUS_DAMAGED_MODEL = 7,
    /* The model has invalid contents, or other bytes follow its end. */
    NICE_STATUS_INVALID_MODEL = 8,
    /* The file is not an image. */
    NICE_STATUS_NOT_AN_IMAGE = 9,
    /* The image has a version that this library does not read, or a layout that was left out. */
    NICE_STATUS_UNSUPPORTED_IMAGE = 10,
    /* The file of the image ends too early. */
    NICE_STATUS_TRUNCATED_IMAGE = 11,
    /* The image is damaged: its checksum does not match. */
    NICE_STATUS_DAMAGED_IMAGE = 12,
    /* The image has no pixels, an unknown layout, reserved bytes that are not zero or an invalid index, or other bytes follow
     * its end. */
    NICE_STATUS_INVALID_IMAGE = 13,
    /* The image was encoded for another model. */
    NICE_STATUS_MODEL_MISMATCH = 14,
    /* The block, pixel, row of blocks or region is outside the image, or the region is outside the one that the deblocker was
     * opened for. */
    NICE_STATUS_OUT_OF_BOUNDS = 15,
    /* The stride is shorter than a line. */
    NICE_STATUS_STRIDE = 16,
    /* The buffer or the memory is too short. */
    NICE_STATUS_BUFFER = 17,
    /* The callback of the image returned too few bytes, or more than it was asked for. */
    NICE_STATUS_READ = 18,
    /* There is no scale or orientation with this number, or it was left out. */
    NICE_STATUS_SETTING = 19
} nice_status;

/* The layout of a pixel in memory. */
typedef enum nice_format {
    /* Three bytes a pixel: red, green, blue. */
    NICE_FORMAT_RGB888 = 0,
    /* Three bytes a pixel: blue, green, red. */
    NICE_FORMAT_BGR888 = 1,
    /* Four bytes a pixel: blue, green, red, zero. */
    NICE_FORMAT_XRGB8888 = 2,
    /* Two bytes a pixel, low byte first: red in bits 11 to 15, green in 5 to 10, blue in 0 to 4. */
    NICE_FORMAT_RGB565_LE = 3,
    /* NICE_FORMAT_RGB565_LE with the high byte first. */
    NICE_FORMAT_RGB565_BE = 4,
    /* Two bytes a pixel, low byte first: blue in bits 10 to 14, green in 5 to 9, red in 0 to 4. */
    NICE_FORMAT_BGR555_LE = 5,
    /* NICE_FORMAT_RGB565_LE with ordered dithering. */
    NICE_FORMAT_DITHERED_RGB565_LE = 6,
    /* NICE_FORMAT_RGB565_BE with ordered dithering. */
    NICE_FORMAT_DITHERED_RGB565_BE = 7,
    /* NICE_FORMAT_BGR555_LE with ordered dithering. */
    NICE_FORMAT_DITHERED_BGR555_LE = 8,
    /* One byte a pixel: gray, from 0 for black to 255 for white. */
    NICE_FORMAT_GRAY8 = 9,
    /* Two pixels in a byte, gray from 0 to 15, the first pixel in the most, or in the least, significant bits. */
    NICE_FORMAT_GRAY4_MSB = 10,
    NICE_FORMAT_GRAY4_LSB = 11,
    /* Four pixels in a byte, gray from 0 to 3. */
    NICE_FORMAT_GRAY2_MSB = 12,
    NICE_FORMAT_GRAY2_LSB = 13,
    /* Eight pixels in a byte, 0 for black and 1 for white. */
    NICE_FORMAT_GRAY1_MSB = 14,
    NICE_FORMAT_GRAY1_LSB = 15,
    /* The formats with several pixels in a byte, with ordered dithering. */
    NICE_FORMAT_DITHERED_GRAY4_MSB = 16,
    NICE_FORMAT_DITHERED_GRAY4_LSB = 17,
    NICE_FORMAT_DITHERED_GRAY2_MSB = 18,
    NICE_FORMAT_DITHERED_GRAY2_LSB = 19,
    NICE_FORMAT_DITHERED_GRAY1_MSB = 20,
    NICE_FORMAT_DITHERED_GRAY1_LSB = 21
} nice_format;

/* The size at which an image is decoded. Width and height are rounded up; a pixel is the mean of a square of pixels of a block. */
typedef enum nice_scale {
    NICE_SCALE_FULL = 0,
    NICE_SCALE_HALF = 1,
    NICE_SCALE_QUARTER = 2,
    NICE_SCALE_EIGHTH = 3
} nice_scale;

/* The orientation in which an image is decoded: flipped first, then transposed, so that lines become columns. */
typedef enum nice_orientation {
    /* As it is. */
    NICE_ORIENTATION_IDENTITY = 0,
    /* The last line becomes the first. */
    NICE_ORIENTATION_FLIP_VERTICAL = 1,
    /* The last column becomes the first. */
    NICE_ORIENTATION_FLIP_HORIZONTAL = 2,
    /* Turned by 180 degrees: both. */
    NICE_ORIENTATION_ROTATE_180 = 3,
    /* Lines become columns. */
    NICE_ORIENTATION_TRANSPOSE = 4,
    /* Turned clockwise by 90 degrees. */
    NICE_ORIENTATION_ROTATE_90 = 5,
    /* Turned clockwise by 270 degrees. */
    NICE_ORIENTATION_ROTATE_270 = 6,
    /* Transposed and turned by 180 degrees. */
    NICE_ORIENTATION_TRANSVERSE = 7
} nice_orientation;

/* A rectangle of an image, in pixels. It may be empty. */
typedef struct nice_region {
    /* The first column. */
    uint32_t x;
    /* The first line. */
    uint32_t y;
    /* The width in pixels. */
    uint32_t width;
    /* The height in pixels. */
    uint32_t height;
} nice_region;

/* The tables of a codebook. Private. */
struct nice_codebook {
    const uint8_t *stages;
    const uint8_t *peaks;
    const uint8_t *gains;
    const uint8_t *codewords;
    const uint8_t *thresholds;
    const uint8_t *strengths;
    uint8_t stage_count;
    uint8_t has_filter;
    uint8_t threshold_count;
    uint8_t limit;
};

/* The tables of a layer of a network. Private. */
struct nice_layer {
    const uint8_t *weights;
    const uint8_t *biases;
    const uint8_t *multipliers;
    uint8_t pre;
    uint8_t post;
};

/* The tables of a network. Private. */
struct nice_network {
    struct nice_layer layers[2];
    uint16_t hidden;
    uint16_t slope;
};

/*
 * A model: tables that turn the bits of a block into its pixels. Its fields are private; it may be copied with =.
 *
 * Initialize it to zero or with nice_model_open() before you use it.
 */
typedef struct nice_model {
    uint32_t id;
    uint8_t open;
    uint8_t kind;
    union {
        struct nice_codebook codebook;
        struct nice_network network;
    } tables;
} nice_model;

/*
 * Reads up to `length` bytes of a file, from an offset on, and returns how many it has read: fewer only if the file ends there or
 * cannot be read. `context` is the pointer that was given to nice_image_open_reader().
 */
typedef size_t nice_read(void *context, uint32_t offset, uint8_t *to, size_t length);

/*
 * An image and its model. Its fields are private; it may be copied with =.
 *
 * Initialize it to zero or with nice_image_open() before you use it.
 */
typedef struct nice_image {
    nice_model model;
    uint32_t width;
    uint32_t height;
    uint32_t blocks;
    const uint8_t *bytes;
    uint32_t length;
    nice_read *read;
    void *context;
    uint8_t *buffer;
    uint32_t groups;
    uint8_t lengths[8];
    uint8_t code_bits;
    uint8_t adaptive;
    uint8_t open;
    uint8_t scale;
    uint8_t orientation;
} nice_image;

/*
 * Decodes a region of an image and reduces the steps between its blocks. Its fields are private; it must not be copied.
 *
 * Initialize it to zero or with nice_deblocker_open() before you use it.
 */
typedef struct nice_deblocker {
    nice_image image;
    nice_region bounds;
    uint8_t *memory;
    size_t row_bytes;
    uint32_t first_row;
    uint32_t last_row;
    uint8_t holds_rows;
    uint8_t open;
} nice_deblocker;

/* The text of a status: a constant string in English, for any number. */
const char *nice_strerror(nice_status status);

/*
 * The bytes of a line of some pixels in a format; 0 if there is no such format. With several pixels in a byte, a line begins with a
 * whole byte, and the bits of its last byte that are not of a pixel are not changed by decoding.
 */
size_t nice_line_bytes(nice_format format, uint32_t width);

/*
 * Opens a model from the contents of a .nicem file, and checks all of it.
 *
 * The file is not copied: it must stay in memory, unchanged, as long as the model or an image of it is used. If this returns an
 * error, the model is not open.
 */
nice_status nice_model_open(nice_model *model, const uint8_t *file, size_t length);

/* The id of a model, by which images name it; 0 if the model is not open. */
uint32_t nice_model_id(const nice_model *model);

/*
 * Opens an image from the contents of a .nice file, checks all of it, and checks that it was encoded for the model.
 *
 * The file is not copied: it must stay in memory, unchanged, as long as the image is used, and so must the file of the model.
 * The structure of the model is not needed anymore. If this returns an error, the image is not open.
 */
nice_status nice_image_open(nice_image *image, const nice_model *model, const uint8_t *file, size_t length);

/* The fewest bytes that nice_image_open_reader() can be lent. */
#define NICE_READER_BYTES 32

/*
 * Opens an image whose file is not in memory, for example on an SD card or a flash chip, by its header. Decoding reads what it
 * needs by the callback, into a buffer of `length` bytes that is lent as long as the image is used: NICE_READER_BYTES or more,
 * fewer calls with more. One thread at a time can use the image.
 *
 * Only the header is checked now; nice_image_check() checks the rest. A damaged file is decoded to wrong pixels or refused. If
 * a function returns NICE_STATUS_READ or NICE_STATUS_INVALID_IMAGE while it decodes, some lines may have been written; the
 * function can be called again.
 */
nice_status nice_image_open_reader(nice_image *image, const nice_model *model, nice_read *read, void *context, uint8_t *buffer,
                                   size_t length);

/* Checks all of an image's file: its index, its checksum, and that nothing follows. nice_image_open() has already done that. */
nice_status nice_image_check(const nice_image *image);

/*
 * Sets the size at which the image is decoded, and the orientation. Rows, regions, strips, texels, and deblockers that are opened
 * from now on, are those of the picture that this gives: an image of 100 x 50 pixels at NICE_SCALE_HALF and in
 * NICE_ORIENTATION_ROTATE_90 is a picture of 25 x 50 pixels. Blocks stay as they are. A reduced picture is not deblocked.
 *
 * With a codebook, turning costs a few instructions for each block. If this returns an error, nothing is changed.
 */
nice_status nice_image_set_scale(nice_image *image, nice_scale scale);
nice_status nice_image_set_orientation(nice_image *image, nice_orientation orientation);

/* The region of the whole picture: its width and height are those of the picture. Empty if the image is not open. */
nice_region nice_image_region(const nice_image *image);

/*
 * Removes the first strip from `rest` and stores it in `strip`. Returns 1, or 0 if `rest` is empty or the image is not open.
 *
 * A strip ends where a row of blocks ends, and has up to 8 lines: 4, 2 or 1 in a reduced picture. If the strips of a region are
 * decoded one after the other, no block is decoded twice, and a buffer of 8 lines is enough.
 */
int nice_next_strip(const nice_image *image, nice_region *rest, nice_region *strip);

/*
 * The number of blocks of 8 x 8 pixels of the image as it was encoded. They are in rows from top to bottom, and in a row from left
 * to right; a row has (width + 7) / 8 blocks. 0 if the image is not open.
 */
uint32_t nice_image_blocks(const nice_image *image);

/* Whether the model of the image has a deblocking filter: 1 or 0. 0 if the image is not open. */
int nice_image_has_deblocking(const nice_image *image);

/*
 * Decodes a row of blocks into the lines of a buffer: those of a strip of the whole picture. It has 8 lines, or fewer in the last
 * row, in reduced pictures, and in the first row of turned pictures.
 *
 * The buffer has `length` bytes, and a line begins `stride` bytes after the one before. The bytes between the lines are not
 * changed. If this returns an error, nothing is written, unless the image is read by a callback.
 */
nice_status nice_decode_row(const nice_image *image, uint32_t row, nice_format format, uint8_t *lines, size_t length,
                            size_t stride);

/* Decodes a region of the picture like nice_decode_row(). Only the blocks that the region touches are decoded. */
nice_status nice_decode_region(const nice_image *image, nice_region region, nice_format format, uint8_t *lines, size_t length,
                               size_t stride);

/*
 * Decodes a block to 192 bytes: 8 lines of 8 pixels of red, green and blue.
 *
 * See nice_image_blocks() for the order of the blocks. The block is complete even if it extends beyond the right or lower edge of
 * the image, and neither reduced nor turned. If this returns an error, nothing is written.
 */
nice_status nice_decode_block(const nice_image *image, uint32_t index, uint8_t *block);

/*
 * Decodes the pixel in column `x` and line `y` to three bytes: red, green and blue.
 *
 * With a codebook this reads only a part of the tables; with a network it decodes the whole block. If this returns an error,
 * nothing is written.
 */
nice_status nice_texel(const nice_image *image, uint32_t x, uint32_t y, uint8_t *rgb);

/*
 * The bytes of memory that it takes to deblock a region of the image: at most 384 * ((width + 7) / 8 + 2), whatever the height of
 * the region. 0 if the image is not open.
 */
size_t nice_deblock_bytes(const nice_image *image, nice_region region);

/*
 * Opens a deblocker for a region of the image, in memory of `length` bytes, at least nice_deblock_bytes().
 *
 * As long as the deblocker is used, the memory must stay where it is and must not be used for anything else, and the files of
 * the image and of its model must stay in memory, unchanged. The structure of the image is not needed anymore. If this returns
 * an error, the deblocker is not open.
 */
nice_status nice_deblocker_open(nice_deblocker *deblocker, const nice_image *image, nice_region region, uint8_t *memory,
                                size_t length);

/*
 * Decodes a region like nice_decode_region(), but deblocked. The region must be within the one that the deblocker was opened for.
 *
 * From top to bottom, as with nice_next_strip(), every block is decoded once; in another order, up to three rows of blocks are
 * decoded for one. If the model has no deblocking filter, the pixels are those of nice_decode_region().
 */
nice_status nice_deblock_region(nice_deblocker *deblocker, nice_region region, nice_format format, uint8_t *lines, size_t length,
                                size_t stride);

#ifdef __cplusplus
}
#endif

#endif
