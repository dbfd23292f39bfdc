// Decodes a picture that is part of the sketch, in strips of 8 lines, as they would be sent to a display.
//
// Make picture.h beside this file with: nicec c-array xs photo.nice -o picture.h
#include <nice.h>

#include "picture.h"

static const uint16_t WIDTH = 320;
static uint8_t pixels[8 * 2 * WIDTH];

void setup() {
  Serial.begin(115200);

  nice_model model;
  nice_image image;
  nice_status status = nice_model_open(&model, xs_nicem, sizeof xs_nicem);
  if (status == NICE_STATUS_OK) {
    status = nice_image_open(&image, &model, photo_nice, sizeof photo_nice);
  }
  if (status != NICE_STATUS_OK) {
    Serial.println(nice_strerror(status));
    return;
  }

  nice_region rest = nice_image_region(&image);
  nice_region strip;
  while (nice_next_strip(&image, &rest, &strip)) {
    status = nice_decode_region(&image, strip, NICE_FORMAT_RGB565_BE, pixels, sizeof pixels, 2 * strip.width);
    if (status != NICE_STATUS_OK) {
      Serial.println(nice_strerror(status));
      return;
    }
    // Here, send the pixels to the rectangle of the display that begins at (strip.x, strip.y).
    Serial.println(strip.y);
  }
}

void loop() {}
