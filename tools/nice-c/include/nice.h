#ifndef NICE_H
#define NICE_H

/* Made by cbindgen from tools/nice-c/src/lib.rs; change that. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * NICE for C: pictures of 0.75 bit a pixel, decoded with integers only. Nothing here allocates,
 * keeps state of its own or calls back; whatever is opened lies where the caller puts it.
 */


/*
 How it went.
 */
enum nice_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /*
     Well.
     */
    NICE_STATUS_OK = 0,
    /*
     A pointer is null, or a length is more than half of all memory.
     */
    NICE_STATUS_ARGUMENT = 1,
    /*
     The model or picture has not been opened.
     */
    NICE_STATUS_NOT_OPEN = 2,
    /*
     There is no such format of pixels.
     */
    NICE_STATUS_FORMAT = 3,
    /*
     The file is no decoder model.
     */
    NICE_STATUS_NOT_A_MODEL = 4,
    /*
     The model is from a newer program.
     */
    NICE_STATUS_NEWER_MODEL = 5,
    /*
     The model is cut short.
     */
    NICE_STATUS_TRUNCATED_MODEL = 6,
    /*
     The model is damaged: its checksum is wrong.
     */
    NICE_STATUS_DAMAGED_MODEL = 7,
    /*
     The model is not as it should be: too long, or with a table or a number that cannot be.
     */
    NICE_STATUS_INVALID_MODEL = 8,
    /*
     The file is no picture.
     */
    NICE_STATUS_NOT_A_PICTURE = 9,
    /*
     The picture is from a newer program.
     */
    NICE_STATUS_NEWER_PICTURE = 10,
    /*
     The picture is cut short.
     */
    NICE_STATUS_TRUNCATED_PICTURE = 11,
    /*
     The picture is damaged: its checksum is wrong.
     */
    NICE_STATUS_DAMAGED_PICTURE = 12,
    /*
     The picture is not as it should be: too long, empty, or with bytes that are not known.
     */
    NICE_STATUS_INVALID_PICTURE = 13,
    /*
     The picture was made with another model.
     */
    NICE_STATUS_WRONG_MODEL = 14,
    /*
     There is no such block, pixel, row of blocks or region in the picture.
     */
    NICE_STATUS_OUT_OF_RANGE = 15,
    /*
     Lines are closer to each other than they are long.
     */
    NICE_STATUS_STRIDE = 16,
    /*
     The lines do not fit into the buffer.
     */
    NICE_STATUS_BUFFER = 17,
    /*
     Something else, from a newer version of the library.
     */
    NICE_STATUS_OTHER = 18,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum nice_status nice_status;
#else
typedef uint32_t nice_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/*
 How pixels are stored.
 */
enum nice_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /*
     Three bytes a pixel: red, green, blue.
     */
    NICE_FORMAT_RGB888 = 0,
    /*
     Three bytes a pixel: blue, green, red.
     */
    NICE_FORMAT_BGR888 = 1,
    /*
     Four bytes a pixel: blue, green, red, zero.
     */
    NICE_FORMAT_XRGB8888 = 2,
    /*
     Two bytes a pixel, low byte first: red in bits 11 to 15, green in 5 to 10, blue in 0 to 4.
     */
    NICE_FORMAT_RGB565_LE = 3,
    /*
     The same, high byte first.
     */
    NICE_FORMAT_RGB565_BE = 4,
    /*
     Two bytes a pixel, low byte first: blue in bits 10 to 14, green in 5 to 9, red in 0 to 4.
     */
    NICE_FORMAT_BGR555_LE = 5,
    /*
     NICE_FORMAT_RGB565_LE with ordered dithering.
     */
    NICE_FORMAT_DITHERED_RGB565_LE = 6,
    /*
     NICE_FORMAT_RGB565_BE with ordered dithering.
     */
    NICE_FORMAT_DITHERED_RGB565_BE = 7,
    /*
     NICE_FORMAT_BGR555_LE with ordered dithering.
     */
    NICE_FORMAT_DITHERED_BGR555_LE = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum nice_format nice_format;
#else
typedef uint32_t nice_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/*
 A decoder model that has been checked. What is in it is nobody's business; it may be copied.

 Set it to zero, or open it, before it is given to anything else.
 */
typedef struct nice_model {
    /*
     1 once it is open.
     */
    size_t open;
    /*
     Of no interest.
     */
    size_t opaque[15];
} nice_model;

/*
 A picture together with its model. What is in it is nobody's business; it may be copied.

 Set it to zero, or open it, before it is given to anything else.
 */
typedef struct nice_picture {
    /*
     1 once it is open.
     */
    size_t open;
    /*
     Of no interest.
     */
    size_t opaque[23];
} nice_picture;

/*
 A rectangle of a picture, in pixels; it may be empty.
 */
typedef struct nice_region {
    /*
     The column of its leftmost pixels.
     */
    uint32_t x;
    /*
     The line of its uppermost pixels.
     */
    uint32_t y;
    /*
     How many pixels it is wide.
     */
    uint32_t width;
    /*
     How many pixels it is high.
     */
    uint32_t height;
} nice_region;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Reads a decoder model file (.nicem) of `length` bytes and checks all of it. The bytes have to stay where they are, and
 as they are, as long as the model is used; at an address that is a multiple of 4 they decode faster on processors that do
 not read words from any address. Where it returns an error, the model is not open.

 # Safety

 `model` is null or points to a structure, and `file` is null or points to `length` bytes.
 */
nice_status nice_model_open(struct nice_model *model,
                            const uint8_t *file,
                            size_t length);

/*
 Reads a picture file (.nice) of `length` bytes, checks all of it, and that it was made with the model. The bytes, and
 those of the model, have to stay where they are, and as they are, as long as the picture is used; the structure of
 the model need not. Where it returns an error, the picture is not open.

 # Safety

 `picture` and `model` are each null or point to a structure, and `file` is null or points to `length` bytes.
 */
nice_status nice_picture_open(struct nice_picture *picture,
                              const struct nice_model *model,
                              const uint8_t *file,
                              size_t length);

/*
 The whole picture as a region: its width and height are those of the picture. Empty if the picture is not open.

 # Safety

 `picture` is null or points to a structure.
 */
struct nice_region nice_picture_region(const struct nice_picture *picture);

/*
 How many blocks of 8 x 8 pixels the picture has: row after row from the top, an eighth of the width, rounded up, in
 each. 0 if the picture is not open.

 # Safety

 `picture` is null or points to a structure.
 */
size_t nice_picture_blocks(const struct nice_picture *picture);

/*
 How many bytes a pixel takes in a format; 0 if there is no such format.
 */
size_t nice_format_bytes(uint32_t format);

/*
 Decodes row number `row` of blocks into the 8 lines (or those left in the last row) of a buffer of `length` bytes, each
 `stride` bytes after the one before. What lies between lines is left as it is, and where it returns an error
 nothing is written. `format` is a nice_format.

 # Safety

 `picture` is null or points to a structure, and `lines` is null or points to `length` bytes.
 */
nice_status nice_decode_row(const struct nice_picture *picture,
                            uint32_t row,
                            uint32_t format,
                            uint8_t *lines,
                            size_t length,
                            size_t stride);

/*
 Decodes a region of the picture, and only the blocks that it touches, into the lines of a buffer of `length` bytes, each
 `stride` bytes after the one before. What lies between lines is left as it is, and where it returns an error
 nothing is written. `format` is a nice_format.

 # Safety

 `picture` is null or points to a structure, and `lines` is null or points to `length` bytes.
 */
nice_status nice_decode_region(const struct nice_picture *picture,
                               struct nice_region region,
                               uint32_t format,
                               uint8_t *lines,
                               size_t length,
                               size_t stride);

/*
 Takes the uppermost strip of up to 8 lines off a region, where a row of blocks ends, so that strips can be decoded one
 after the other with nice_decode_region without any block being decoded twice. False if nothing is left.

 # Safety

 `rest` and `strip` are each null or point to a structure.
 */
bool nice_next_strip(struct nice_region *rest,
                     struct nice_region *strip);

/*
 The colour of the pixel in column `x` and line `y`: red, green, blue.

 # Safety

 `picture` is null or points to a structure, and `rgb` is null or points to 3 bytes.
 */
nice_status nice_texel(const struct nice_picture *picture, uint32_t x, uint32_t y, uint8_t *rgb);

/*
 Decodes a block by its index into 192 bytes: 8 lines of 8 pixels of red, green and blue. It is whole even where it
 reaches over the right or lower edge of the picture.

 # Safety

 `picture` is null or points to a structure, and `block` is null or points to 192 bytes.
 */
nice_status nice_decode_block(const struct nice_picture *picture,
                              size_t index,
                              uint8_t *block);

/*
 What a nice_status says, in English: a constant that ends with a zero, for every number.
 */
const char *nice_status_text(uint32_t status);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NICE_H */


#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(nice_model) == 16 * sizeof(void *), "a model takes 16 words");
_Static_assert(sizeof(nice_picture) == 24 * sizeof(void *), "a picture takes 24 words");
#endif
