/*
 * Samples pixels of a NICE image along a sloping line, as a texture mapper does, and prints them.
 *
 *     texel MODEL.nicem IMAGE.nice COUNT
 *
 * Each line of the output has a column, a line, and red, green and blue.
 */
#include "files.h"
#include "nice.h"

int main(int argc, char **argv)
{
    nice_model model;
    nice_image image;
    nice_region whole;
    nice_status status;
    size_t model_length, image_length;
    unsigned char *model_file, *image_file;
    unsigned long i, count;

    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.nicem IMAGE.nice COUNT\n", argv[0]);
        return EXIT_FAILURE;
    }
    count = strtoul(argv[3], NULL, 10);
    model_file = read_file(argv[1], &model_length);
    image_file = read_file(argv[2], &image_length);
    if (model_file == NULL || image_file == NULL)
        return EXIT_FAILURE;
    status = nice_model_open(&model, model_file, model_length);
    if (status == NICE_STATUS_OK)
        status = nice_image_open(&image, &model, image_file, image_length);
    if (status != NICE_STATUS_OK) {
        fprintf(stderr, "%s\n", nice_strerror(status));
        return EXIT_FAILURE;
    }
    whole = nice_image_region(&image);
    for (i = 0; i < count; i++) {
        /* 1.25 columns to the right and 0.75 lines down at each step, in fixed point with 8 fraction bits. */
        uint32_t x = (uint32_t)((5 * 64 * i) >> 8) % whole.width;
        uint32_t y = (uint32_t)((3 * 64 * i) >> 8) % whole.height;
        uint8_t rgb[3];
        status = nice_texel(&image, x, y, rgb);
        if (status != NICE_STATUS_OK) {
            fprintf(stderr, "%s\n", nice_strerror(status));
            return EXIT_FAILURE;
        }
        printf("%lu %lu %u %u %u\n", (unsigned long)x, (unsigned long)y, rgb[0], rgb[1], rgb[2]);
    }
    free(image_file);
    free(model_file);
    return EXIT_SUCCESS;
}
