/*
 * Decodes a NICE picture with deblocking into a PPM file.
 *
 *     deblock MODEL.nicem PICTURE.nice OUT.ppm
 *
 * It decodes strips of up to 8 lines, in 384 bytes of memory for every 8 columns of the picture.
 */
#include "files.h"
#include "nice.h"

static int fail(const char *what, nice_status status)
{
    fprintf(stderr, "%s: %s\n", what, nice_status_text(status));
    return EXIT_FAILURE;
}

/* Writes a picture as a PPM file. */
static int write_ppm(const nice_picture *picture, FILE *out)
{
    nice_region region = nice_picture_region(picture);
    size_t stride = 3 * (size_t)region.width;
    size_t length = 8 * stride;
    size_t memory_length = nice_deblock_bytes(picture, region);
    unsigned char *lines = malloc(length);
    unsigned char *memory = malloc(memory_length);
    nice_deblocker deblocker;
    nice_region strip;
    nice_status status;
    int result = EXIT_SUCCESS;

    status = nice_deblocker_open(&deblocker, picture, region, memory, memory_length);
    if (status != NICE_STATUS_OK)
        result = fail("deblocker", status);
    fprintf(out, "P6\n%lu %lu\n255\n", (unsigned long)region.width, (unsigned long)region.height);
    while (result == EXIT_SUCCESS && nice_next_strip(&region, &strip)) {
        status = nice_deblock_region(&deblocker, strip, NICE_FORMAT_RGB888, lines, length, stride);
        if (status != NICE_STATUS_OK)
            result = fail("strip", status);
        else if (fwrite(lines, stride, strip.height, out) != strip.height)
            result = EXIT_FAILURE;
    }
    free(memory);
    free(lines);
    return result;
}

int main(int argc, char **argv)
{
    nice_model model;
    nice_picture picture;
    nice_status status;
    size_t model_length, picture_length;
    unsigned char *model_file, *picture_file;
    FILE *out;
    int result;

    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.nicem PICTURE.nice OUT.ppm\n", argv[0]);
        return EXIT_FAILURE;
    }
    model_file = read_file(argv[1], &model_length);
    picture_file = read_file(argv[2], &picture_length);
    if (model_file == NULL || picture_file == NULL)
        return EXIT_FAILURE;
    status = nice_model_open(&model, model_file, model_length);
    if (status != NICE_STATUS_OK)
        return fail(argv[1], status);
    status = nice_picture_open(&picture, &model, picture_file, picture_length);
    if (status != NICE_STATUS_OK)
        return fail(argv[2], status);
    if (!nice_picture_has_deblocking(&picture))
        fprintf(stderr, "%s has no deblocking filter\n", argv[1]);
    out = fopen(argv[3], "wb");
    if (out == NULL) {
        fprintf(stderr, "cannot write %s\n", argv[3]);
        return EXIT_FAILURE;
    }
    result = write_ppm(&picture, out);
    if (fclose(out) != 0)
        result = EXIT_FAILURE;
    free(picture_file);
    free(model_file);
    return result;
}
