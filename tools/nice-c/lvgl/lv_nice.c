/*
 * An image decoder of LVGL for NICE images. lv_nice.h documents the functions.
 */
#include "lv_nice.h"

#if defined(LV_LVGL_H_INCLUDE_SIMPLE)
#include "lvgl_private.h"
#else
#include "lvgl/lvgl_private.h"
#endif

#include "nice.h"

#include <string.h>

#ifdef NICE_NO_READER
#error "lv_nice.c needs images that are read by a callback"
#endif

/* The bytes that are read from a file at once: at least NICE_READER_BYTES. */
#ifndef LV_NICE_READ_BYTES
#define LV_NICE_READ_BYTES 128
#endif

/* The number of images that are remembered as checked. */
#ifndef LV_NICE_CHECKED
#define LV_NICE_CHECKED 16
#endif

/* Strips have as many lines as blocks. */
#define STRIP_LINES 8

static struct {
    lv_image_decoder_t *decoder;
    nice_model model;
    bool deblocking;
    lv_mutex_t lock;
    /* Hashes of images that were checked, the oldest of which is replaced next. */
    uint32_t checked[LV_NICE_CHECKED];
    uint32_t oldest;
} nice;

/* An image that is read from memory or from a file. It must not be copied: the image has a pointer to it. */
typedef struct {
    nice_image image;
    /* The file, or NULL if it is in memory. */
    lv_fs_file_t *file;
    const uint8_t *data;
    uint32_t size;
    uint8_t buffer[LV_NICE_READ_BYTES];
} source_t;

/* An image that is drawn strip by strip. */
typedef struct {
    source_t source;
    lv_fs_file_t file;
    nice_region rest;
    nice_deblocker deblocker;
    uint8_t *deblocker_memory;
} session_t;

/* A `nice_read`. */
static size_t read_source(void *context, uint32_t offset, uint8_t *to, size_t length)
{
    source_t *source = context;
    uint32_t count = 0;

    if (source->file != NULL) {
        if (lv_fs_seek(source->file, offset, LV_FS_SEEK_SET) != LV_FS_RES_OK ||
            lv_fs_read(source->file, to, (uint32_t)length, &count) != LV_FS_RES_OK)
            return 0;
        return count;
    }
    if (offset > source->size)
        return 0;
    count = (uint32_t)LV_MIN(length, source->size - offset);
    memcpy(to, source->data + offset, count);
    return count;
}

/* FNV-1a. */
static uint32_t hash(uint32_t before, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;

    while (length-- > 0)
        before = (before ^ *at++) * 16777619u;
    return before;
}

/* What stands for an image among those that were checked: where it is, and what its header says. */
static uint32_t hash_of(const lv_image_decoder_dsc_t *dsc, const source_t *source)
{
    const nice_region whole = nice_image_region(&source->image);
    const uint32_t numbers[3] = { whole.width, whole.height, nice_model_id(&nice.model) };
    uint32_t value = hash(2166136261u, numbers, sizeof numbers);

    if (source->file != NULL)
        return hash(value, dsc->src, strlen(dsc->src));
    value = hash(value, &source->data, sizeof source->data);
    return hash(value, &source->size, sizeof source->size);
}

/* Whether an image was checked. */
static bool is_checked(uint32_t value)
{
    bool found = false;
    uint32_t i;

    lv_mutex_lock(&nice.lock);
    for (i = 0; i < LV_NICE_CHECKED; i++)
        found = found || nice.checked[i] == value;
    lv_mutex_unlock(&nice.lock);
    return found;
}

static void remember_as_checked(uint32_t value)
{
    lv_mutex_lock(&nice.lock);
    nice.checked[nice.oldest] = value;
    nice.oldest = (nice.oldest + 1) % LV_NICE_CHECKED;
    lv_mutex_unlock(&nice.lock);
}

/* Opens an image, in a file that is already open or in memory, and checks it if that has not been done. */
static lv_result_t open_source(source_t *source, lv_image_decoder_dsc_t *dsc, lv_fs_file_t *file)
{
    nice_status status;
    nice_region whole;
    uint32_t value;

    memset(source, 0, sizeof *source);
    if (dsc->src_type == LV_IMAGE_SRC_FILE) {
        source->file = file;
    } else {
        const lv_image_dsc_t *array = dsc->src;
        source->data = array->data;
        source->size = array->data_size;
    }
    status = nice_image_open_reader(&source->image, &nice.model, read_source, source, source->buffer, sizeof source->buffer);
    /* Something else, for another decoder. */
    if (status == NICE_STATUS_NOT_AN_IMAGE)
        return LV_RESULT_INVALID;
    if (status == NICE_STATUS_OK) {
        value = hash_of(dsc, source);
        if (!is_checked(value)) {
            status = nice_image_check(&source->image);
            if (status == NICE_STATUS_OK)
                remember_as_checked(value);
        }
    }
    if (status != NICE_STATUS_OK) {
        LV_LOG_WARN("NICE: %s", nice_strerror(status));
        return LV_RESULT_INVALID;
    }
    whole = nice_image_region(&source->image);
    if (whole.width > UINT16_MAX || whole.height > UINT16_MAX) {
        LV_LOG_WARN("NICE: the image is too large for LVGL");
        return LV_RESULT_INVALID;
    }
    return LV_RESULT_OK;
}

/* The pixel format of NICE for a color format of LVGL. */
static nice_format format_of(lv_color_format_t color_format)
{
    switch (color_format) {
    case LV_COLOR_FORMAT_L8:
        return NICE_FORMAT_GRAY8;
    case LV_COLOR_FORMAT_RGB565:
        return NICE_FORMAT_RGB565_LE;
    case LV_COLOR_FORMAT_RGB888:
        return NICE_FORMAT_BGR888;
    default:
        return NICE_FORMAT_XRGB8888;
    }
}

/* The color format to decode to: that of the default display, or the one that is closest to it. */
static lv_color_format_t native_color_format(void)
{
    lv_display_t *display = lv_display_get_default();
    lv_color_format_t native = display != NULL ? lv_display_get_color_format(display) : LV_COLOR_FORMAT_NATIVE;

    switch (native) {
    case LV_COLOR_FORMAT_RGB565:
    case LV_COLOR_FORMAT_RGB565_SWAPPED:
        return LV_COLOR_FORMAT_RGB565;
    case LV_COLOR_FORMAT_RGB888:
        return LV_COLOR_FORMAT_RGB888;
    case LV_COLOR_FORMAT_L8:
    case LV_COLOR_FORMAT_I1:
        return LV_COLOR_FORMAT_L8;
    default:
        return LV_COLOR_FORMAT_XRGB8888;
    }
}

static lv_result_t decoder_info(lv_image_decoder_t *decoder, lv_image_decoder_dsc_t *dsc, lv_image_header_t *header)
{
    source_t source;
    nice_region whole;

    LV_UNUSED(decoder);
    if ((dsc->src_type != LV_IMAGE_SRC_FILE && dsc->src_type != LV_IMAGE_SRC_VARIABLE) ||
        open_source(&source, dsc, &dsc->file) != LV_RESULT_OK)
        return LV_RESULT_INVALID;
    whole = nice_image_region(&source.image);
    header->magic = LV_IMAGE_HEADER_MAGIC;
    header->w = (uint16_t)whole.width;
    header->h = (uint16_t)whole.height;
    header->cf = native_color_format();
    header->stride = (uint16_t)lv_draw_buf_width_to_stride(header->w, (lv_color_format_t)header->cf);
    return LV_RESULT_OK;
}

/* Prepares to decode a region of the image, strip by strip. */
static lv_result_t begin(session_t *session, nice_region region)
{
    const nice_image *image = &session->source.image;
    size_t bytes;

    session->rest = region;
    lv_free(session->deblocker_memory);
    session->deblocker_memory = NULL;
    if (!nice.deblocking || !nice_image_has_deblocking(image))
        return LV_RESULT_OK;
    bytes = nice_deblock_bytes(image, region);
    session->deblocker_memory = lv_malloc(bytes);
    if (session->deblocker_memory == NULL ||
        nice_deblocker_open(&session->deblocker, image, region, session->deblocker_memory, bytes) != NICE_STATUS_OK) {
        LV_LOG_WARN("NICE: no memory to deblock an image");
        return LV_RESULT_INVALID;
    }
    return LV_RESULT_OK;
}

/* Decodes a strip to lines of a draw buffer. */
static lv_result_t decode(session_t *session, nice_region strip, lv_draw_buf_t *to, uint32_t line)
{
    const size_t stride = to->header.stride;
    const nice_format format = format_of((lv_color_format_t)to->header.cf);
    uint8_t *lines = to->data + line * stride;
    const size_t length = to->data_size - line * stride;
    nice_status status;

    if (session->deblocker_memory != NULL)
        status = nice_deblock_region(&session->deblocker, strip, format, lines, length, stride);
    else
        status = nice_decode_region(&session->source.image, strip, format, lines, length, stride);
    if (status != NICE_STATUS_OK) {
        LV_LOG_WARN("NICE: %s", nice_strerror(status));
        return LV_RESULT_INVALID;
    }
    return LV_RESULT_OK;
}

/* A new draw buffer, or NULL. */
static lv_draw_buf_t *new_draw_buf(uint32_t width, uint32_t height, lv_color_format_t color_format)
{
    lv_draw_buf_t *buffer = lv_draw_buf_create_ex(lv_draw_buf_get_image_handlers(), width, height, color_format, LV_STRIDE_AUTO);

    if (buffer == NULL)
        LV_LOG_WARN("NICE: no memory for %u lines", (unsigned)height);
    return buffer;
}

/* Decodes the whole image into LVGL's cache; not if there is none, or if the image does not fit into it. */
static lv_result_t decode_to_cache(lv_image_decoder_t *decoder, lv_image_decoder_dsc_t *dsc, session_t *session)
{
    const nice_region whole = nice_image_region(&session->source.image);
    const lv_color_format_t color_format = (lv_color_format_t)dsc->header.cf;
    const uint64_t bytes = (uint64_t)lv_draw_buf_width_to_stride(whole.width, color_format) * whole.height;
    lv_image_cache_data_t key;
    lv_draw_buf_t *decoded;
    nice_region strip;
    lv_result_t result;

    if (dsc->args.no_cache || dsc->cache == NULL || bytes + LV_DRAW_BUF_ALIGN > lv_cache_get_max_size(dsc->cache, NULL))
        return LV_RESULT_INVALID;
    decoded = new_draw_buf(whole.width, whole.height, color_format);
    if (decoded == NULL)
        return LV_RESULT_INVALID;
    result = begin(session, whole);
    while (result == LV_RESULT_OK && nice_next_strip(&session->source.image, &session->rest, &strip))
        result = decode(session, strip, decoded, strip.y);
    if (result == LV_RESULT_OK) {
        memset(&key, 0, sizeof key);
        key.src_type = dsc->src_type;
        key.src = dsc->src;
        key.slot.size = decoded->data_size;
        dsc->cache_entry = lv_image_decoder_add_to_cache(decoder, &key, decoded, NULL);
    }
    if (dsc->cache_entry == NULL) {
        lv_draw_buf_destroy(decoded);
        return LV_RESULT_INVALID;
    }
    dsc->decoded = decoded;
    return LV_RESULT_OK;
}

static void end(session_t *session)
{
    lv_free(session->deblocker_memory);
    if (session->source.file != NULL)
        lv_fs_close(session->source.file);
    lv_free(session);
}

static lv_result_t decoder_open(lv_image_decoder_t *decoder, lv_image_decoder_dsc_t *dsc)
{
    session_t *session = lv_malloc_zeroed(sizeof *session);
    nice_region whole;

    if (session == NULL)
        return LV_RESULT_INVALID;
    if (dsc->src_type == LV_IMAGE_SRC_FILE && lv_fs_open(&session->file, dsc->src, LV_FS_MODE_RD) != LV_FS_RES_OK) {
        lv_free(session);
        return LV_RESULT_INVALID;
    }
    if (open_source(&session->source, dsc, &session->file) != LV_RESULT_OK) {
        end(session);
        return LV_RESULT_INVALID;
    }
    /* LVGL may have the header from its cache. */
    whole = nice_image_region(&session->source.image);
    if (whole.width != dsc->header.w || whole.height != dsc->header.h) {
        LV_LOG_WARN("NICE: the file of an image was replaced");
        end(session);
        return LV_RESULT_INVALID;
    }
    if (decode_to_cache(decoder, dsc, session) == LV_RESULT_OK)
        end(session);
    else
        dsc->user_data = session;
    return LV_RESULT_OK;
}

/* Decodes the next strip of an area. */
static lv_result_t decoder_get_area(lv_image_decoder_t *decoder, lv_image_decoder_dsc_t *dsc, const lv_area_t *full_area,
                                    lv_area_t *decoded_area)
{
    const lv_area_t all = { 0, 0, (int32_t)dsc->header.w - 1, (int32_t)dsc->header.h - 1 };
    const lv_color_format_t color_format = (lv_color_format_t)dsc->header.cf;
    session_t *session = dsc->user_data;
    lv_draw_buf_t *decoded = (lv_draw_buf_t *)dsc->decoded;
    nice_region strip;

    LV_UNUSED(decoder);
    if (session == NULL)
        return LV_RESULT_INVALID;
    if (decoded_area->y1 == LV_COORD_MIN) {
        nice_region region;
        lv_area_t area;
        if (!lv_area_intersect(&area, full_area, &all))
            return LV_RESULT_INVALID;
        region.x = (uint32_t)area.x1;
        region.y = (uint32_t)area.y1;
        region.width = (uint32_t)lv_area_get_width(&area);
        region.height = (uint32_t)lv_area_get_height(&area);
        if (begin(session, region) != LV_RESULT_OK)
            return LV_RESULT_INVALID;
        if (lv_draw_buf_reshape(decoded, color_format, region.width, STRIP_LINES, LV_STRIDE_AUTO) == NULL) {
            if (decoded != NULL)
                lv_draw_buf_destroy(decoded);
            decoded = new_draw_buf(region.width, STRIP_LINES, color_format);
            dsc->decoded = decoded;
        }
    }
    if (decoded == NULL || !nice_next_strip(&session->source.image, &session->rest, &strip))
        return LV_RESULT_INVALID;
    decoded->header.h = (uint16_t)strip.height;
    decoded_area->x1 = (int32_t)strip.x;
    decoded_area->y1 = (int32_t)strip.y;
    decoded_area->x2 = (int32_t)(strip.x + strip.width) - 1;
    decoded_area->y2 = (int32_t)(strip.y + strip.height) - 1;
    return decode(session, strip, decoded, 0);
}

static void decoder_close(lv_image_decoder_t *decoder, lv_image_decoder_dsc_t *dsc)
{
    LV_UNUSED(decoder);
    /* An image in the cache has no session. */
    if (dsc->user_data == NULL)
        return;
    if (dsc->decoded != NULL)
        lv_draw_buf_destroy((lv_draw_buf_t *)dsc->decoded);
    end(dsc->user_data);
    dsc->user_data = NULL;
}

lv_result_t lv_nice_init(const uint8_t *model, size_t size)
{
    nice_model opened;
    nice_status status = nice_model_open(&opened, model, size);

    if (status != NICE_STATUS_OK) {
        LV_LOG_WARN("NICE: %s", nice_strerror(status));
        return LV_RESULT_INVALID;
    }
    if (nice.decoder == NULL) {
        lv_image_decoder_t *decoder = lv_image_decoder_create();
        if (decoder == NULL)
            return LV_RESULT_INVALID;
        memset(&nice, 0, sizeof nice);
        lv_mutex_init(&nice.lock);
        nice.decoder = decoder;
        decoder->name = "NICE";
        lv_image_decoder_set_info_cb(decoder, decoder_info);
        lv_image_decoder_set_open_cb(decoder, decoder_open);
        lv_image_decoder_set_get_area_cb(decoder, decoder_get_area);
        lv_image_decoder_set_close_cb(decoder, decoder_close);
    }
    nice.model = opened;
    return LV_RESULT_OK;
}

void lv_nice_deinit(void)
{
    if (nice.decoder == NULL)
        return;
    lv_image_decoder_delete(nice.decoder);
    lv_mutex_delete(&nice.lock);
    memset(&nice, 0, sizeof nice);
}

void lv_nice_set_deblocking(bool enabled)
{
    nice.deblocking = enabled;
}
