/*
 * Decodes a NICE image that is not in memory into a PPM file, a row of blocks after the other.
 *
 *     stream MODEL.nicem IMAGE.nice OUT.ppm file     reads a FILE, as from an SD card
 *     stream MODEL.nicem IMAGE.nice OUT.ppm flash    reads a simulated SPI flash, on which every tenth read fails
 *
 * The model is in memory, as in the flash that a microcontroller maps into its addresses. Of the image, 128 bytes are in memory at
 * a time.
 */
#include "files.h"
#include "nice.h"

#include <string.h>

/* How often a row is decoded again if it could not be read. */
#define TRIES 5

static int fail(const char *what, nice_status status)
{
    fprintf(stderr, "%s: %s\n", what, nice_strerror(status));
    return EXIT_FAILURE;
}

/* A nice_read() of a FILE. */
static size_t read_from_file(void *context, uint32_t offset, uint8_t *to, size_t length)
{
    FILE *file = (FILE *)context;

    return fseek(file, (long)offset, SEEK_SET) == 0 ? fread(to, 1, length, file) : 0;
}

/* A flash chip on a serial bus. */
struct flash {
    const uint8_t *contents;
    size_t length;
    unsigned reads;
    unsigned failed;
};

/* A nice_read() of a flash chip. */
static size_t read_from_flash(void *context, uint32_t offset, uint8_t *to, size_t length)
{
    struct flash *flash = (struct flash *)context;

    if (++flash->reads % 10 == 0) {
        flash->failed++;
        return 0;
    }
    if (offset >= flash->length)
        return 0;
    if (length > flash->length - offset)
        length = flash->length - offset;
    memcpy(to, flash->contents + offset, length);
    return length;
}

/* Writes an image as a PPM file. */
static int write_ppm(const nice_image *image, FILE *out)
{
    nice_region whole = nice_image_region(image);
    size_t stride = 3 * (size_t)whole.width;
    unsigned char *lines = malloc(8 * stride);
    uint32_t row;
    int result = EXIT_SUCCESS;

    fprintf(out, "P6\n%lu %lu\n255\n", (unsigned long)whole.width, (unsigned long)whole.height);
    for (row = 0; result == EXIT_SUCCESS && 8 * row < whole.height; row++) {
        size_t height = whole.height - 8 * row < 8 ? whole.height - 8 * row : 8;
        int tries = 0;
        nice_status status;
        do
            status = nice_decode_row(image, row, NICE_FORMAT_RGB888, lines, 8 * stride, stride);
        while (status == NICE_STATUS_READ && ++tries < TRIES);
        if (status != NICE_STATUS_OK)
            result = fail("row", status);
        else if (fwrite(lines, stride, height, out) != height)
            result = EXIT_FAILURE;
    }
    free(lines);
    return result;
}

int main(int argc, char **argv)
{
    static uint8_t buffer[128];
    struct flash flash = { NULL, 0, 0, 0 };
    nice_model model;
    nice_image image;
    nice_status status;
    size_t model_length;
    unsigned char *model_file, *contents = NULL;
    FILE *file = NULL, *out;
    int result;

    if (argc != 5 || (strcmp(argv[4], "file") != 0 && strcmp(argv[4], "flash") != 0)) {
        fprintf(stderr, "usage: %s MODEL.nicem IMAGE.nice OUT.ppm file|flash\n", argv[0]);
        return EXIT_FAILURE;
    }
    model_file = read_file(argv[1], &model_length);
    if (model_file == NULL)
        return EXIT_FAILURE;
    status = nice_model_open(&model, model_file, model_length);
    if (status != NICE_STATUS_OK)
        return fail(argv[1], status);
    if (strcmp(argv[4], "file") == 0) {
        file = fopen(argv[2], "rb");
        if (file == NULL) {
            fprintf(stderr, "cannot read %s\n", argv[2]);
            return EXIT_FAILURE;
        }
        status = nice_image_open_reader(&image, &model, read_from_file, file, buffer, sizeof buffer);
    } else {
        contents = read_file(argv[2], &flash.length);
        if (contents == NULL)
            return EXIT_FAILURE;
        flash.contents = contents;
        status = nice_image_open_reader(&image, &model, read_from_flash, &flash, buffer, sizeof buffer);
    }
    if (status != NICE_STATUS_OK)
        return fail(argv[2], status);
    out = fopen(argv[3], "wb");
    if (out == NULL) {
        fprintf(stderr, "cannot write %s\n", argv[3]);
        return EXIT_FAILURE;
    }
    result = write_ppm(&image, out);
    if (fclose(out) != 0)
        result = EXIT_FAILURE;
    if (file != NULL)
        fclose(file);
    else
        fprintf(stderr, "%u of %u reads failed\n", flash.failed, flash.reads);
    free(contents);
    free(model_file);
    return result;
}
