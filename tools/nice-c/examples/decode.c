/*
 * Decodes a NICE image, or a region of it, into a PPM file.
 *
 *     decode MODEL.nicem IMAGE.nice OUT.ppm [X Y WIDTH HEIGHT]
 *
 * It decodes strips of up to 8 lines, as a device with little memory would.
 */
#include "files.h"
#include "nice.h"

static int fail(const char *what, nice_status status)
{
    fprintf(stderr, "%s: %s\n", what, nice_strerror(status));
    return EXIT_FAILURE;
}

/* Writes a region of an image as a PPM file. */
static int write_ppm(const nice_image *image, nice_region region, FILE *out)
{
    size_t stride = 3 * (size_t)region.width;
    size_t length = 8 * stride;
    unsigned char *lines = malloc(length);
    nice_region strip;
    int result = EXIT_SUCCESS;

    fprintf(out, "P6\n%lu %lu\n255\n", (unsigned long)region.width, (unsigned long)region.height);
    while (result == EXIT_SUCCESS && nice_next_strip(image, &region, &strip)) {
        nice_status status =
            nice_decode_region(image, strip, NICE_FORMAT_RGB888, lines, length, stride);
        if (status != NICE_STATUS_OK)
            result = fail("region", status);
        else if (fwrite(lines, stride, strip.height, out) != strip.height)
            result = EXIT_FAILURE;
    }
    free(lines);
    return result;
}

int main(int argc, char **argv)
{
    nice_model model;
    nice_image image;
    nice_region region;
    nice_status status;
    size_t model_length, image_length;
    unsigned char *model_file, *image_file;
    FILE *out;
    int result;

    if (argc != 4 && argc != 8) {
        fprintf(stderr, "usage: %s MODEL.nicem IMAGE.nice OUT.ppm [X Y WIDTH HEIGHT]\n", argv[0]);
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
    region = nice_image_region(&image);
    if (argc == 8) {
        region.x = (uint32_t)strtoul(argv[4], NULL, 10);
        region.y = (uint32_t)strtoul(argv[5], NULL, 10);
        region.width = (uint32_t)strtoul(argv[6], NULL, 10);
        region.height = (uint32_t)strtoul(argv[7], NULL, 10);
    }
    out = fopen(argv[3], "wb");
    if (out == NULL) {
        fprintf(stderr, "cannot write %s\n", argv[3]);
        return EXIT_FAILURE;
    }
    result = write_ppm(&image, region, out);
    if (fclose(out) != 0)
        result = EXIT_FAILURE;
    free(image_file);
    free(model_file);
    return result;
}
