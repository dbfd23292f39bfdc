/*
 * Samples pixels of a NICE picture along a sloping line, as a texture mapper does, and prints them.
 *
 *     texel MODEL.nicem PICTURE.nice COUNT
 *
 * Each line of the output has a column, a line, and red, green and blue.
 */
#include "files.h"
#include "nice.h"

int main(int argc, char **argv)
{
    nice_model model;
    nice_picture picture;
    nice_region whole;
    nice_status status;
    size_t model_length, picture_length;
    unsigned char *model_file, *picture_file;
    unsigned long i, count;

    if (argc != 4) {
        fprintf(stderr, "usage: %s MODEL.nicem PICTURE.nice COUNT\n", argv[0]);
        return EXIT_FAILURE;
    }
    count = strtoul(argv[3], NULL, 10);
    model_file = read_file(argv[1], &model_length);
    picture_file = read_file(argv[2], &picture_length);
    if (model_file == NULL || picture_file == NULL)
        return EXIT_FAILURE;
    status = nice_model_open(&model, model_file, model_length);
    if (status == NICE_STATUS_OK)
        status = nice_picture_open(&picture, &model, picture_file, picture_length);
    if (status != NICE_STATUS_OK) {
        fprintf(stderr, "%s\n", nice_status_text(status));
        return EXIT_FAILURE;
    }
    whole = nice_picture_region(&picture);
    for (i = 0; i < count; i++) {
        /* 1.25 columns to the right and 0.75 lines down at each step, in fixed point with 8 fraction bits. */
        uint32_t x = (uint32_t)((5 * 64 * i) >> 8) % whole.width;
        uint32_t y = (uint32_t)((3 * 64 * i) >> 8) % whole.height;
        uint8_t rgb[3];
        status = nice_texel(&picture, x, y, rgb);
        if (status != NICE_STATUS_OK) {
            fprintf(stderr, "%s\n", nice_status_text(status));
            return EXIT_FAILURE;
        }
        printf("%lu %lu %u %u %u\n", (unsigned long)x, (unsigned long)y, rgb[0], rgb[1], rgb[2]);
    }
    free(picture_file);
    free(model_file);
    return EXIT_SUCCESS;
}
