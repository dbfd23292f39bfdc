/*
 * Shows a picture that is part of the program on a display, in strips of 8 lines: the way to use NICE on a microcontroller.
 * `nicec c-array s photo.nice -o picture.h` writes the model and the picture as arrays. Here, `send` prints a checksum of each
 * strip.
 */
#include "nice.h"
#include "picture.h"

#include <stdio.h>

/* The width of the display. */
#define WIDTH 320

/* The pixels of a strip, ready to be sent: RGB565, high byte first. */
static uint8_t pixels[8 * 2 * WIDTH];

/* Stands for the driver of a display, which is given a rectangle and its pixels. */
static void send(nice_region strip, const uint8_t *bytes, size_t length)
{
    unsigned long sum = 0;
    size_t i;

    for (i = 0; i < length; i++)
        sum = (sum * 31 + bytes[i]) & 0xFFFFFFFFul;
    printf("line %lu: %08lx\n", (unsigned long)strip.y, sum);
}

int main(void)
{
    nice_model model;
    nice_image image;
    nice_region rest, strip;
    nice_status status = nice_model_open(&model, s_nicem, sizeof s_nicem);

    if (status == NICE_STATUS_OK)
        status = nice_image_open(&image, &model, photo_nice, sizeof photo_nice);
    if (status != NICE_STATUS_OK) {
        puts(nice_strerror(status));
        return 1;
    }
    rest = nice_image_region(&image);
    while (nice_next_strip(&image, &rest, &strip)) {
        size_t stride = 2 * (size_t)strip.width;
        status = nice_decode_region(&image, strip, NICE_FORMAT_RGB565_BE, pixels, sizeof pixels, stride);
        if (status != NICE_STATUS_OK) {
            puts(nice_strerror(status));
            return 1;
        }
        send(strip, pixels, strip.height * stride);
    }
    return 0;
}
