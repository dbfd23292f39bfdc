/* The smallest program that decodes an image of a codebook, a row after the other: for the size of its code. */
#include "board.h"
#include "nice.h"

extern const uint8_t codebook[], codebook_end[], slide[], slide_end[];

static uint32_t lines_words[WIDTH * 8 / 2];

int main(void)
{
    nice_model model;
    nice_image image;
    uint32_t row;

    if (nice_model_open(&model, codebook, (size_t)(codebook_end - codebook)) != NICE_STATUS_OK ||
        nice_image_open(&image, &model, slide, (size_t)(slide_end - slide)) != NICE_STATUS_OK)
        return 1;
    for (row = 0; nice_decode_row(&image, row, NICE_FORMAT_RGB565_BE, (uint8_t *)lines_words, sizeof lines_words, 2 * WIDTH) ==
                  NICE_STATUS_OK;
         row++) {
    }
    return row == 0;
}
