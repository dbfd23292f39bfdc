/*
 * Decodes the image of section 10.2 of FORMAT.md, whose model it makes first, in some formats, and compares checksums. For
 * processors with little memory: it takes 2 KB for the model and the lines.
 */
#include "board.h"
#include "nice.h"

static uint8_t model_file[1320];

static const uint8_t image_file[48] = {
    0x4e, 0x49, 0x43, 0x45, 0x01, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00,
    0xda, 0xb6, 0x46, 0x48, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9d, 0x27, 0xc4, 0x5e, 0xb1, 0x68,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x9d, 0x27, 0xc4, 0x5e, 0xb1, 0x68, 0xca, 0x4d, 0x44, 0x62,
};

static const uint8_t adaptive_file[52] = {
    0x4e, 0x49, 0x43, 0x45, 0x01, 0x01, 0x00, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00,
    0xda, 0xb6, 0x46, 0x48, 0x0c, 0x1c, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x24, 0x03, 0xd0, 0x79, 0x42, 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x9d, 0x07,
    0xec, 0xc3, 0xf9, 0x38,
};

static void make_model(void)
{
    static const uint8_t start[14] = { 'N', 'I', 'C', 'M', 1, 6, 'g', 'o', 'l', 'd', 'e', 'n', 1, 24 };
    static const uint8_t middle[20] = { 2, 24, 60, 1, 2, 6, 30, 3, 44, 30, 12, 80, 3, 0, 0, 0, 0xe0, 9, 0, 0 };
    static const uint8_t end[4] = { 0xda, 0xb6, 0x46, 0x48 };
    uint8_t *at = model_file;
    uint16_t i, r;

    for (i = 0; i < 14; i++)
        *at++ = start[i];
    for (i = 0; i < 24; i++)
        *at++ = i % 2 == 0 ? 4 : 3;
    *at++ = 11;
    for (i = 0; i < 11; i++)
        *at++ = i == 0 ? 35 : 22;
    for (i = 0; i < 18; i++)
        *at++ = middle[i];
    for (i = 0; i < 64; i++)
        *at++ = (uint8_t)(40 + 2 * i);
    for (i = 0; i < 32; i++)
        *at++ = (uint8_t)(i % 2 == 0 ? 120 + i / 2 : 136 - 2 * (i / 2));
    for (i = 0; i < 64; i++)
        *at++ = (uint8_t)(200 - i * i % 101);
    for (i = 64; i < 96; i++)
        *at++ = (uint8_t)(120 + 5 * i % 16);
    for (r = 0; r < 11; r++)
        for (i = 0; i < 96; i++)
            *at++ = (uint8_t)(((r + 2ul) * 37 * i + 19 * r + 11 * (i / 8) * (r % 3)) % (r == 0 ? 36 : 23));
    for (i = 0; i < 4; i++)
        *at++ = end[i];
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

/* Decodes an image strip by strip, deblocked if there is memory for it, and compares the checksum. */
static int check(const nice_model *model, const uint8_t *file, size_t length, nice_format format, uint8_t *memory,
                 uint32_t expected, const char *what)
{
    static uint8_t lines[8 * 12 * 3];
    nice_image image;
    nice_deblocker deblocker;
    nice_region rest, strip;
    size_t stride = nice_line_bytes(format, 12);
    uint32_t crc = 0;
    nice_status status = nice_image_open(&image, model, file, length);

    rest = nice_image_region(&image);
    if (status == NICE_STATUS_OK && memory != NULL)
        status = nice_deblocker_open(&deblocker, &image, rest, memory, 768);
    while (status == NICE_STATUS_OK && nice_next_strip(&image, &rest, &strip)) {
        status = memory != NULL ? nice_deblock_region(&deblocker, strip, format, lines, sizeof lines, stride)
                                : nice_decode_region(&image, strip, format, lines, sizeof lines, stride);
        crc = checksum(crc, lines, strip.height * stride);
    }
    board_print(what);
    board_print(status != NICE_STATUS_OK ? nice_strerror(status) : crc == expected ? ": golden\n" : ": other pixels\n");
    return status == NICE_STATUS_OK && crc == expected;
}

int main(void)
{
    static uint8_t memory[768];
    nice_model model;
    nice_status status;
    int good = 1;

    make_model();
    status = nice_model_open(&model, model_file, sizeof model_file);
    if (status != NICE_STATUS_OK) {
        board_print(nice_strerror(status));
        return 1;
    }
    good &= check(&model, image_file, sizeof image_file, NICE_FORMAT_RGB888, NULL, 0xd35a73cdu, "RGB888");
    good &= check(&model, image_file, sizeof image_file, NICE_FORMAT_RGB565_BE, NULL, 0x9d18c3bbu, "RGB565");
    good &= check(&model, image_file, sizeof image_file, NICE_FORMAT_DITHERED_RGB565_BE, NULL, 0x25dd7b3au, "dithered");
    good &= check(&model, image_file, sizeof image_file, NICE_FORMAT_RGB888, memory, 0xec00c567u, "deblocked");
    good &= check(&model, adaptive_file, sizeof adaptive_file, NICE_FORMAT_RGB888, NULL, 0x8316d58au, "adaptive");
    board_print(good ? "passed\n" : "failed\n");
    return !good;
}
