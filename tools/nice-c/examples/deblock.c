/*
 * Decodes a NICE image with deblocking into a PPM file.
 *
 *     deblock MODEL.nicem IMAGE.nice OUT.ppm
 *
 * It decodes strips of up to 8 lines, in 384 bytes of memory for every 8 columns of the image.
 */
#include "files.h"
#include "nice.h"

static int fail(const char *what, nice_status status)
{
    fprintf(stderr, "%s: %s\n", what, nice_strerror(status));
    return EXIT_FAILURE;
}

/* Writes an image as a PPM file. */
static int write_ppm(const nice_image *image, FILE *out)
{
    nice_region region = nice_image_region(image);
    size_t stride = 3 * (size_t)region.width;
    size_t length = 8 * stride;
    size_t memory_length = nice_deblock_bytes(image, region);
    unsigned char *lines = malloc(length);
    unsigned char *memory = malloc(memory_length);
    nice_deblocker deblocker;
    nice_region strip;
    nice_status status;
    int result = EXIT_SUCCESS;

    status = nice_deblocker_open(&deblocker, image, region, memory, memory_length);
    if (status != NICE_STATUS_OK)
        result = fail("deblocker", status);
    fprintf(out, "P6\n%lu %lu\n255\n", (unsigned long)region.width, (unsigned long)region.height);
    while (result == EXIT_SUCCESS && nice_next_strip(image, &region, &strip)) {
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
    nice_image image;
    nice_status status;
    size_t model_length, image_length;
    unsigned char *model_file, *image_file;
    FILE *out;
    int result;

    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.nicem IMAGE.nice OUT.ppm\n", argv[0]);
        return EXIT_FAILURE;
    }
    model_file = read_file(argv[1], &model_length);
    image_file = read_file(argv[2], &image_length);
    if (model_file == NULL || image_file == NULL)
        return EXIT_FAILURE;
    status = nice_model_open(&model, model_file, model_length);
    if (status != NICE_STATUS_OK)
        return fail(argv[1], status);
    status = nice_image_open(&image, &model, image_file, image_length);
    if (status != NICE_STATUS_OK)
        return fail(argv[2], status);
    if (!nice_image_has_deblocking(&image))
        fprintf(stderr, "%s has no deblocking filter\n", argv[1]);
    out = fopen(argv[3], "wb");
    if (out == NULL) {
        fprintf(stderr, "cannot write %s\n", argv[3]);
        return EXIT_FAILURE;
    }
    result = write_ppm(&image, out);
    if (fclose(out) != 0)
        result = EXIT_FAILURE;
    free(image_file);
    free(model_file);
    return result;
}
