/*
 * NICE: decodes NICE images with integers only, without a heap. nice.h documents the functions, and FORMAT.md of the NICE project
 * the files and the arithmetic; comments name its sections.
 *
 * Contents:
 *
 *      1  Compiler and processor: words of 32 or 64 bits, byte order, DSP instructions
 *      2  Texts of statuses
 *      3  Checksum                                                              FORMAT.md 2
 *      4  Model: from a file to checked tables                                  FORMAT.md 4
 *      5  Image: header, latents in memory or read by a callback                FORMAT.md 3
 *      6  Codebook: from a latent to luma and chroma                            FORMAT.md 5.1 to 5.3
 *      7  Pixels: from luma and chroma to a pixel format                        FORMAT.md 5.4, 5.5 and 8
 *      8  Network: from a latent to red, green and blue                         FORMAT.md 6
 *      9  Blocks, texels, rows and regions
 *     10  Deblocking                                                            FORMAT.md 7
 *
 * A codebook is decoded with SIMD within a register (SWAR): a word holds several samples, one in each of its bytes, or in each
 * of its *lanes* of 16 bits.
 */
#include "nice.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------------------------------------------
 * 1  Compiler and processor
 * ---------------------------------------------------------------------------------------------------------------------------- */

#if defined(NICE_NO_CODEBOOK) && !defined(NICE_NO_DEBLOCK)
#define NICE_NO_DEBLOCK /* only codebooks have a filter */
#endif

#ifndef NICE_FORMATS
#define NICE_FORMATS 0x3FFFFFul
#endif

#if defined(__GNUC__)
#define NICE_INLINE static inline __attribute__((always_inline, unused))
#define NICE_OUTLINE static __attribute__((noinline, unused))
#define NICE_SELDOM(condition) __builtin_expect(!!(condition), 0)
#else
#define NICE_INLINE static inline
#define NICE_OUTLINE static
#define NICE_SELDOM(condition) (condition)
#endif

/* Whether the compiler optimizes for size: then an operation has one variant for all cases, and no loop is unrolled. */
#if defined(__OPTIMIZE_SIZE__)
#define NICE_SMALL 1
#else
#define NICE_SMALL 0
#endif

/* Before a loop: unrolls four iterations. */
#if defined(__GNUC__) && !defined(__clang__) && !NICE_SMALL
#define NICE_UNROLL _Pragma("GCC unroll 4")
#else
#define NICE_UNROLL
#endif

/* ACLE has no intrinsic for a pack, and none that rotates: these are written in assembly. */
#if defined(__ARM_FEATURE_SIMD32) && defined(__GNUC__) && !defined(NICE_NO_DSP)
#include <arm_acle.h>
#define NICE_DSP 1
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wsign-conversion" /* in the macros of arm_acle.h */
#endif
#else
#define NICE_DSP 0
#endif

/* SSE2, which all 64-bit processors of this architecture have. */
#if defined(__SSE2__) && defined(__GNUC__) && !defined(NICE_NO_NETWORK) && !NICE_SMALL
#include <emmintrin.h>
#define NICE_SSE2 1
#else
#define NICE_SSE2 0
#endif

/* Whether a word can be stored at any address with one instruction. The pixels are the same either way. */
#if defined(__ARM_FEATURE_UNALIGNED) || defined(__aarch64__) || defined(__x86_64__) || defined(__i386__) || defined(__s390__) || \
    defined(__powerpc__) || defined(__AVR__) || defined(_M_X64) || defined(_M_IX86) || defined(_M_ARM64)
#define NICE_UNALIGNED 1
#else
#define NICE_UNALIGNED 0
#endif

/* A word: 64 bits where addresses have as many, otherwise 32. (NICE_WORD_BITS is for tests of the other one.) */
#if !defined(NICE_WORD_BITS) && SIZE_MAX > 0xFFFFFFFFu
#define NICE_WORD_BITS 64
#elif !defined(NICE_WORD_BITS)
#define NICE_WORD_BITS 32
#endif
#if NICE_WORD_BITS == 64
typedef uint64_t nice_word;
#define NICE_WORD_BYTES 8
#else
typedef uint32_t nice_word;
#define NICE_WORD_BYTES 4
#endif

#define NICE_LANES (NICE_WORD_BYTES / 2)
#define NICE_LINE_WORDS (8 / NICE_WORD_BYTES)         /* words in a line of luma, or of chroma sites */
#define NICE_LUMA_WORDS (64 / NICE_WORD_BYTES)        /* words of luma in a block */
#define NICE_BLOCK_WORDS (96 / NICE_WORD_BYTES)       /* words of luma and chroma in a block */
#define NICE_CODEWORD_BYTES 96

/* A one in each lane, a one in each byte, the low byte of each lane, the high byte of each lane. */
#define NICE_LANE_ONES ((nice_word)((nice_word)-1 / 0xFFFFu))
#define NICE_BYTE_ONES ((nice_word)((nice_word)-1 / 0xFFu))
#define NICE_EVEN_BYTES ((nice_word)(NICE_LANE_ONES * 0xFFu))
#define NICE_ODD_BYTES ((nice_word)(NICE_EVEN_BYTES << 8))

/* Reverses the bytes of a word. */
NICE_INLINE nice_word nice_reversed_bytes(nice_word word)
{
#if defined(__GNUC__) && NICE_WORD_BYTES == 8
    return __builtin_bswap64(word);
#elif defined(__GNUC__) && ((defined(__arm__) && __ARM_ARCH >= 6) || defined(__i386__) || defined(__s390__) || defined(__riscv_zbb))
    return __builtin_bswap32(word);
#else
    /* Where there is no instruction for it, a compiler would call a function. */
#if NICE_WORD_BYTES == 8
    word = word << 32 | word >> 32;
    word = (word & 0x0000FFFF0000FFFFu) << 16 | (word >> 16 & 0x0000FFFF0000FFFFu);
#else
    word = word << 16 | word >> 16;
#endif
    return (word & NICE_EVEN_BYTES) << 8 | (word >> 8 & NICE_EVEN_BYTES);
#endif
}

/* A little-endian number of 16 or 32 bits at any address. */
NICE_INLINE uint16_t nice_get_16(const uint8_t *from)
{
    return (uint16_t)(from[0] | (uint16_t)from[1] << 8);
}

NICE_INLINE uint32_t nice_get_32(const uint8_t *from)
{
    return (uint32_t)nice_get_16(from) | (uint32_t)nice_get_16(from + 2) << 16;
}

/* A word of a codeword, its first sample in the lowest byte. On 32 bits the address is a multiple of 4. */
NICE_INLINE nice_word nice_load(const uint8_t *from)
{
#if defined(__BYTE_ORDER__)
    nice_word word;
#if NICE_WORD_BYTES == 4
    from = (const uint8_t *)__builtin_assume_aligned(from, 4);
#endif
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = nice_reversed_bytes(word);
#endif
    return word;
#elif NICE_WORD_BYTES == 8
    return (nice_word)nice_get_32(from) | (nice_word)nice_get_32(from + 4) << 32;
#else
    return nice_get_32(from);
#endif
}

#if NICE_WORD_BYTES == 4

/* Two words of a codeword that follow each other. */
NICE_INLINE void nice_load_two(const uint8_t *from, uint32_t *first, uint32_t *second)
{
#if NICE_DSP
    __asm__("ldrd %0, %1, [%2]" : "=r"(*first), "=r"(*second) : "r"(from), "m"(*(const uint8_t(*)[8])from));
#else
    *first = nice_load(from);
    *second = nice_load(from + 4);
#endif
}

#endif

/* Stores a word, its lowest byte first. Without NICE_UNALIGNED the address is a multiple of the size of a word. */
NICE_INLINE void nice_store(uint8_t *to, nice_word word)
{
#if defined(__BYTE_ORDER__)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = nice_reversed_bytes(word);
#endif
#if !NICE_UNALIGNED
    to = (uint8_t *)__builtin_assume_aligned(to, NICE_WORD_BYTES);
#endif
    memcpy(to, &word, sizeof word);
#else
    unsigned i;
    for (i = 0; i < NICE_WORD_BYTES; i++)
        to[i] = (uint8_t)(word >> (8 * i));
#endif
}

/* The even bytes of a word, and the odd ones, in lanes. */
NICE_INLINE nice_word nice_even_bytes(nice_word word)
{
    return word & NICE_EVEN_BYTES;
}

NICE_INLINE nice_word nice_odd_bytes(nice_word word)
{
#if NICE_DSP
    nice_word lanes;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return word >> 8 & NICE_EVEN_BYTES;
#endif
}

#if NICE_WORD_BYTES == 4

/* A word of the lower lanes of two words, and one of their upper lanes. */
NICE_INLINE uint32_t nice_pack_low(uint32_t first, uint32_t second)
{
#if NICE_DSP
    uint32_t word;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(word) : "r"(first), "r"(second));
    return word;
#else
    return (first & 0xFFFFu) | second << 16;
#endif
}

/* A word of the lower lane of one word and the upper lane of another one. */
NICE_INLINE uint32_t nice_pack_low_high(uint32_t lower, uint32_t upper)
{
#if NICE_DSP
    uint32_t word;
    __asm__("pkhbt %0, %1, %2" : "=r"(word) : "r"(lower), "r"(upper));
    return word;
#else
    return (lower & 0xFFFFu) | (upper & 0xFFFF0000u);
#endif
}

NICE_INLINE uint32_t nice_pack_high(uint32_t first, uint32_t second)
{
#if NICE_DSP
    uint32_t word;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(word) : "r"(second), "r"(first));
    return word;
#else
    return first >> 16 | (second & 0xFFFF0000u);
#endif
}

#endif

/* The smaller of two numbers. */
NICE_INLINE uint32_t nice_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* A number from 0 to 255, the nearest to another one. */
NICE_INLINE uint8_t nice_clamped(int32_t value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Whether a buffer can have a length, which is less than half of the address space and at most 4 GiB. */
NICE_INLINE int nice_is_length(size_t length)
{
#if SIZE_MAX > 0xFFFFFFFFu
    return length <= 0xFFFFFFFFu;
#else
    return length <= SIZE_MAX / 2;
#endif
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 2  Texts of statuses
 * ---------------------------------------------------------------------------------------------------------------------------- */

const char *nice_strerror(nice_status status)
{
#ifdef NICE_NO_TEXT
    return status == NICE_STATUS_OK ? "no error" : "NICE error";
#else
    switch (status) {
    case NICE_STATUS_OK:
        return "no error";
    case NICE_STATUS_ARGUMENT:
        return "a pointer is null or a length is too large";
    case NICE_STATUS_NOT_OPEN:
        return "the model, image or deblocker is not open";
    case NICE_STATUS_FORMAT:
        return "unknown pixel format";
    case NICE_STATUS_NOT_A_MODEL:
        return "not a NICE model";
    case NICE_STATUS_UNSUPPORTED_MODEL:
        return "the version or kind of the model is not supported";
    case NICE_STATUS_TRUNCATED_MODEL:
        return "the model is truncated";
    case NICE_STATUS_DAMAGED_MODEL:
        return "the model is damaged: its checksum does not match";
    case NICE_STATUS_INVALID_MODEL:
        return "the model is invalid";
    case NICE_STATUS_NOT_AN_IMAGE:
        return "not a NICE image";
    case NICE_STATUS_UNSUPPORTED_IMAGE:
        return "the version or layout of the image is not supported";
    case NICE_STATUS_TRUNCATED_IMAGE:
        return "the image is truncated";
    case NICE_STATUS_DAMAGED_IMAGE:
        return "the image is damaged: its checksum does not match";
    case NICE_STATUS_INVALID_IMAGE:
        return "the image is invalid";
    case NICE_STATUS_MODEL_MISMATCH:
        return "the image was encoded for another model";
    case NICE_STATUS_OUT_OF_BOUNDS:
        return "the block, pixel, row or region is out of bounds";
    case NICE_STATUS_STRIDE:
        return "the stride is shorter than a line";
    case NICE_STATUS_BUFFER:
        return "the buffer or memory is too short";
    case NICE_STATUS_READ:
        return "the image could not be read";
    case NICE_STATUS_SETTING:
        return "unknown scale or orientation";
    default:
        return "unknown status";
    }
#endif
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 3  Checksum
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* Goes on with a CRC-32 (before its final inversion), four bits at a time. */
NICE_OUTLINE uint32_t nice_crc(uint32_t crc, const uint8_t *bytes, size_t length)
{
    /* The remainders of the 16 values of four bits. */
    static const uint32_t table[16] = {
        0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
        0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
    };
    size_t i;

    for (i = 0; i < length; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 4  Model
 * ---------------------------------------------------------------------------------------------------------------------------- */

#define NICE_MAX_STAGES 12
#define NICE_MAX_HIDDEN 512
#define NICE_LATENT_BITS 48
#define NICE_MAX_LATENT_BITS 96

enum { NICE_NETWORK = 0, NICE_CODEBOOK = 1 };

/* Reads the fields of a model one after the other. After the first fault, all fields are 0. */
struct nice_parser {
    const uint8_t *at;
    const uint8_t *end;
    nice_status fault;
};

static uint8_t nice_parse_byte(struct nice_parser *parser)
{
    if (parser->fault != NICE_STATUS_OK)
        return 0;
    if (parser->at == parser->end) {
        parser->fault = NICE_STATUS_TRUNCATED_MODEL;
        return 0;
    }
    return *parser->at++;
}

/* A varint of a type of 16 or 32 bits. */
static uint32_t nice_parse_varint(struct nice_parser *parser, unsigned bits)
{
    uint32_t value = 0;
    unsigned shift;

    for (shift = 0; shift < bits; shift += 7) {
        uint8_t byte = nice_parse_byte(parser);
        if (parser->fault != NICE_STATUS_OK)
            return 0;
        if (shift + 7 > bits && byte >> (bits - shift) != 0)
            break;
        value |= (uint32_t)(byte & 0x7Fu) << shift;
        if (byte < 0x80)
            return value;
    }
    parser->fault = NICE_STATUS_INVALID_MODEL;
    return 0;
}

/* Some bytes, and their number. */
static const uint8_t *nice_parse_bytes(struct nice_parser *parser, uint32_t *count)
{
    const uint8_t *bytes;

    *count = nice_parse_varint(parser, 32);
    if (parser->fault == NICE_STATUS_OK && *count > (size_t)(parser->end - parser->at))
        parser->fault = NICE_STATUS_TRUNCATED_MODEL;
    if (parser->fault != NICE_STATUS_OK)
        *count = 0;
    bytes = parser->at;
    parser->at += *count;
    return bytes;
}

/* Whether all of some bytes are within a range. */
static int nice_all_within(const uint8_t *bytes, uint32_t count, uint8_t least, uint8_t most)
{
    uint32_t i;

    for (i = 0; i < count; i++)
        if (bytes[i] < least || bytes[i] > most)
            return 0;
    return 1;
}

#ifndef NICE_NO_CODEBOOK

/* The number of codewords of a valid stage. */
NICE_INLINE uint32_t nice_codewords(const uint8_t *stage, int base)
{
    return (uint32_t)1 << (stage[0] - stage[1] - (base ? 0 : 1));
}

/* Checks the stages, and counts the codewords of the base and of all stages. */
static int nice_check_stages(const uint8_t *stages, unsigned count, uint32_t *base, uint32_t *all)
{
    unsigned i, bits = 0, fixed_bits = 0;

    *all = 0;
    for (i = 0; i < count; i++) {
        const uint8_t *stage = stages + 2 * i;
        unsigned least = (unsigned)stage[1] + (i > 0);
        if (stage[1] > 3 || stage[0] < least || stage[0] < 1 || stage[0] > 16)
            return 0;
        bits += stage[0];
        if (fixed_bits < NICE_LATENT_BITS)
            fixed_bits = bits;
        *all += nice_codewords(stage, i == 0);
        if (i == 0)
            *base = *all;
    }
    return count > 0 && fixed_bits == NICE_LATENT_BITS && bits <= NICE_MAX_LATENT_BITS;
}

/* Parses the tables of a codebook. Returns whether they are valid, if there is no fault in parsing them. */
static int nice_parse_codebook(struct nice_parser *parser, const uint8_t *file, struct nice_codebook *codebook)
{
    uint32_t stages, peaks, gains, thresholds = 0, strengths = 1, padding, codewords, base = 0, all = 0, peak_sum = 0, i;
    const uint8_t *zeros, *residual;
    uint8_t option;

    codebook->stages = nice_parse_bytes(parser, &stages);
    codebook->peaks = nice_parse_bytes(parser, &peaks);
    codebook->gains = nice_parse_bytes(parser, &gains);
    codebook->thresholds = codebook->strengths = NULL;
    codebook->limit = 0;
    option = nice_parse_byte(parser);
    if (option > 1 && parser->fault == NICE_STATUS_OK)
        parser->fault = NICE_STATUS_INVALID_MODEL;
    if (option == 1) {
        codebook->thresholds = nice_parse_bytes(parser, &thresholds);
        codebook->strengths = nice_parse_bytes(parser, &strengths);
        codebook->limit = nice_parse_byte(parser);
    }
    zeros = nice_parse_bytes(parser, &padding);
    codebook->codewords = nice_parse_bytes(parser, &codewords);
    if (parser->fault != NICE_STATUS_OK)
        return 0;

    if (stages % 2 != 0 || stages > 2 * NICE_MAX_STAGES || !nice_check_stages(codebook->stages, (unsigned)stages / 2, &base, &all))
        return 0;
    if (peaks != stages / 2 - 1 || gains != base || codewords / NICE_CODEWORD_BYTES != all || codewords % NICE_CODEWORD_BYTES != 0)
        return 0;
    for (i = 0; i < peaks; i++)
        peak_sum += codebook->peaks[i];
    if (peak_sum > 255)
        return 0;
    if (thresholds > 7 || strengths != thresholds + 1)
        return 0;
    for (i = 1; i < thresholds; i++)
        if (codebook->thresholds[i] <= codebook->thresholds[i - 1])
            return 0;
    if (option == 1 && !nice_all_within(codebook->strengths, strengths, 0, 127))
        return 0;
    if (padding > 3 || (codebook->codewords - file) % 4 != 0 || !nice_all_within(zeros, padding, 0, 0))
        return 0;
    residual = codebook->codewords + base * NICE_CODEWORD_BYTES;
    for (i = 0; i < peaks; i++) {
        uint32_t count = nice_codewords(codebook->stages + 2 * (i + 1), 0) * NICE_CODEWORD_BYTES;
        if (!nice_all_within(residual, count, 0, codebook->peaks[i]))
            return 0;
        residual += count;
    }
    codebook->stage_count = (uint8_t)(stages / 2);
    codebook->has_filter = option;
    codebook->threshold_count = (uint8_t)thresholds;
    return 1;
}

#endif

#ifndef NICE_NO_NETWORK

/* Parses a layer of a network with a number of outputs and weights. Returns whether it is valid, if there is no fault in parsing
 * it. */
static int nice_parse_layer(struct nice_parser *parser, struct nice_layer *layer, uint32_t *weights, uint32_t *outputs)
{
    uint32_t biases, multipliers, i;

    layer->pre = nice_parse_byte(parser);
    layer->post = nice_parse_byte(parser);
    layer->weights = nice_parse_bytes(parser, weights);
    layer->biases = nice_parse_bytes(parser, &biases);
    layer->multipliers = nice_parse_bytes(parser, &multipliers);
    if (parser->fault != NICE_STATUS_OK)
        return 0;
    *outputs = multipliers / 2;
    if (multipliers % 2 != 0 || biases % 4 != 0 || biases / 4 != *outputs)
        return 0;
    if (layer->pre > 15 || layer->post < 1 || layer->post > 30)
        return 0;
    for (i = 0; i < *weights; i++)
        if (layer->weights[i] == 0x80)
            return 0;
    for (i = 0; i < *outputs; i++) {
        /* The bias, from -2^24 to 2^24, plus 2^24. */
        uint32_t bias = nice_get_32(layer->biases + 4 * i) + ((uint32_t)1 << 24);
        if (bias > (uint32_t)1 << 25 || nice_get_16(layer->multipliers + 2 * i) > 32767)
            return 0;
    }
    return 1;
}

/* Parses the tables of a network. Returns whether they are valid, if there is no fault in parsing them. */
static int nice_parse_network(struct nice_parser *parser, struct nice_network *network)
{
    uint8_t bits = nice_parse_byte(parser);
    uint32_t weights[2], outputs[2], hidden;
    int first, second;

    hidden = nice_parse_varint(parser, 16);
    network->hidden = (uint16_t)hidden;
    network->slope = (uint16_t)nice_parse_varint(parser, 16);
    first = nice_parse_layer(parser, &network->layers[0], &weights[0], &outputs[0]);
    second = nice_parse_layer(parser, &network->layers[1], &weights[1], &outputs[1]);
    if (!first || !second)
        return 0;
    return bits == NICE_LATENT_BITS && hidden >= 1 && hidden <= NICE_MAX_HIDDEN && outputs[0] == hidden &&
           weights[0] == NICE_LATENT_BITS * hidden && outputs[1] == 192 && weights[1] == 192 * hidden;
}

#endif

nice_status nice_model_open(nice_model *model, const uint8_t *file, size_t length)
{
    static const uint8_t magic[4] = { 'N', 'I', 'C', 'M' };
    struct nice_parser parser;
    const uint8_t *name;
    uint32_t name_length, kind, stored, computed;
    int valid = 0;

    if (model == NULL)
        return NICE_STATUS_ARGUMENT;
    memset(model, 0, sizeof *model);
    if (file == NULL || !nice_is_length(length))
        return NICE_STATUS_ARGUMENT;
    if (memcmp(file, magic, length < 4 ? length : 4) != 0)
        return NICE_STATUS_NOT_A_MODEL;
    if (length < 5)
        return NICE_STATUS_TRUNCATED_MODEL;
    if (file[4] != 1)
        return NICE_STATUS_UNSUPPORTED_MODEL;
    if (length < 9)
        return NICE_STATUS_TRUNCATED_MODEL;

    parser.at = file + 5;
    parser.end = file + length;
    parser.fault = NICE_STATUS_OK;
    name = nice_parse_bytes(&parser, &name_length);
    kind = nice_parse_varint(&parser, 32);
    if (parser.fault == NICE_STATUS_OK) {
        switch (kind) {
#ifndef NICE_NO_NETWORK
        case NICE_NETWORK:
            valid = nice_parse_network(&parser, &model->tables.network);
            break;
#else
        case NICE_NETWORK:
            return NICE_STATUS_UNSUPPORTED_MODEL;
#endif
#ifndef NICE_NO_CODEBOOK
        case NICE_CODEBOOK:
            valid = nice_parse_codebook(&parser, file, &model->tables.codebook);
            break;
#else
        case NICE_CODEBOOK:
            return NICE_STATUS_UNSUPPORTED_MODEL;
#endif
        default:
            parser.fault = NICE_STATUS_INVALID_MODEL;
        }
    }

    /* A wrong checksum alone does not tell whether the file is damaged, truncated or too long; where its contents end does. */
    if (parser.fault == NICE_STATUS_TRUNCATED_MODEL)
        return NICE_STATUS_TRUNCATED_MODEL;
    if (parser.fault == NICE_STATUS_OK) {
        size_t rest = (size_t)(parser.end - parser.at);
        if (rest != 4)
            return rest < 4 ? NICE_STATUS_TRUNCATED_MODEL : NICE_STATUS_INVALID_MODEL;
    }
    stored = nice_get_32(file + length - 4);
    computed = ~nice_crc(0xFFFFFFFFu, file, length - 4);
    if (stored != computed)
        return NICE_STATUS_DAMAGED_MODEL;
    if (parser.fault != NICE_STATUS_OK || !valid || name_length < 1 || name_length > 32 ||
        !nice_all_within(name, name_length, 0x20, 0x7E))
        return NICE_STATUS_INVALID_MODEL;
    model->id = stored;
    model->kind = (uint8_t)kind;
    model->open = 1;
    return NICE_STATUS_OK;
}

uint32_t nice_model_id(const nice_model *model)
{
    return model != NULL && model->open ? model->id : 0;
}

/* Whether latents of a length in bits end where a stage does. */
static int nice_has_length(const nice_model *model, unsigned length)
{
#ifndef NICE_NO_CODEBOOK
    if (model->kind == NICE_CODEBOOK) {
        unsigned i, end = 0;
        for (i = 0; i < model->tables.codebook.stage_count; i++) {
            end += model->tables.codebook.stages[2 * i];
            if (end == length)
                return 1;
        }
        return 0;
    }
#endif
    (void)model;
    return length == NICE_LATENT_BITS;
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 5  Image
 * ---------------------------------------------------------------------------------------------------------------------------- */

#define NICE_HEADER_BYTES 20
#define NICE_GROUP_BLOCKS 64
#define NICE_SEGMENT_GROUPS 64

/* The bits of a block: from the lowest bit of the first word on, and their number. The bits after them may have any value. */
struct nice_latent {
    uint32_t words[3];
    uint32_t length;
};

/* Reads the latents of blocks one after the other. */
struct nice_latents {
    const nice_image *image;
    /* The bytes of the file that are in the buffer of a reader. */
    uint32_t window;
    uint32_t window_length;
    /* The next latent begins in this byte of the file, after this many bits. */
    uint32_t at;
    uint32_t shift;
    /* The number of the next block. */
    uint32_t block;
#ifndef NICE_NO_ADAPTIVE
    /* The number of the first block of the next group. */
    uint32_t group_end;
    /* The length codes of the group, and a byte more. */
    uint8_t codes[NICE_GROUP_BLOCKS * 3 / 8 + 1];
#endif
};

/* The status if the file ends too early. */
static nice_status nice_missing(const nice_image *image)
{
    return image->read != NULL ? NICE_STATUS_READ : NICE_STATUS_TRUNCATED_IMAGE;
}

#ifndef NICE_NO_READER

/* nice_fetch() with a reader. */
NICE_OUTLINE const uint8_t *nice_fetch_window(struct nice_latents *latents, uint32_t at, uint32_t needed, uint32_t *count)
{
    const nice_image *image = latents->image;
    uint32_t before = at - latents->window;

    if (before > latents->window_length || latents->window_length - before < needed) {
        size_t found = image->read(image->context, at, image->buffer, (size_t)image->length);
        latents->window = at;
        latents->window_length = found <= image->length ? (uint32_t)found : 0;
        before = 0;
    }
    *count = latents->window_length - before;
    return *count < needed ? NULL : image->buffer + before;
}

#endif

/* The bytes of the file from one of them on, at least as many as are needed, at most NICE_READER_BYTES: `count` of them. NULL if
 * there are fewer. */
NICE_INLINE const uint8_t *nice_fetch(struct nice_latents *latents, uint32_t at, uint32_t needed, uint32_t *count)
{
    const nice_image *image = latents->image;

#ifndef NICE_NO_READER
    if (image->read != NULL)
        return nice_fetch_window(latents, at, needed, count);
#endif
    if (at > image->length || image->length - at < needed)
        return NULL;
    *count = image->length - at;
    return image->bytes + (size_t)at;
}

#ifndef NICE_NO_ADAPTIVE

/* The number of groups of blocks. */
static uint32_t nice_groups(const nice_image *image)
{
    return image->blocks / NICE_GROUP_BLOCKS + (image->blocks % NICE_GROUP_BLOCKS != 0);
}

/* The number of segments of groups. */
static uint32_t nice_segments(uint32_t groups)
{
    return groups / NICE_SEGMENT_GROUPS + (groups % NICE_SEGMENT_GROUPS != 0);
}

/* Looks up where a group begins in the file. */
static nice_status nice_find_group(struct nice_latents *latents, uint32_t group, uint32_t *at)
{
    uint32_t segments = nice_segments(nice_groups(latents->image));
    uint32_t count, segment, in_segment, index = NICE_HEADER_BYTES + 8;
    const uint8_t *bytes = nice_fetch(latents, index + 4 * (group / NICE_SEGMENT_GROUPS), 4, &count);

    if (bytes == NULL)
        return nice_missing(latents->image);
    segment = nice_get_32(bytes);
    bytes = nice_fetch(latents, index + 4 * segments + 2 * group, 2, &count);
    if (bytes == NULL)
        return nice_missing(latents->image);
    in_segment = nice_get_16(bytes);
    *at = latents->image->groups + segment + in_segment;
    return NICE_STATUS_OK;
}

/* Goes to the next whole byte. */
NICE_INLINE void nice_align(struct nice_latents *latents)
{
    latents->at += latents->shift != 0;
    latents->shift = 0;
}

/* Reads the length codes of the group that begins here. */
static nice_status nice_begin_group(struct nice_latents *latents)
{
    const nice_image *image = latents->image;
    uint32_t blocks = nice_min(image->blocks - latents->block, NICE_GROUP_BLOCKS);
    uint32_t length = (blocks * image->code_bits + 7) / 8, count;
    const uint8_t *codes = nice_fetch(latents, latents->at, length, &count);

    if (codes == NULL)
        return nice_missing(image);
    memcpy(latents->codes, codes, (size_t)length);
    latents->at += length;
    latents->group_end = latents->block + blocks;
    return NICE_STATUS_OK;
}

/* The length of the next latent in bits, 0 if its length code is invalid. */
NICE_INLINE uint32_t nice_next_length(const struct nice_latents *latents)
{
    const nice_image *image = latents->image;
    uint32_t bit = latents->block % NICE_GROUP_BLOCKS * image->code_bits;
    const uint8_t *codes = latents->codes + bit / 8;
    uint32_t code = (uint32_t)nice_get_16(codes) >> bit % 8;

    return image->lengths[code & (((uint32_t)1 << image->code_bits) - 1)];
}

/* Goes on after a latent of some bits. */
NICE_INLINE void nice_advance(struct nice_latents *latents, uint32_t length)
{
    latents->shift += length;
    latents->at += latents->shift / 8;
    latents->shift %= 8;
    latents->block++;
}

/* nice_seek() in the adaptive layout. */
NICE_OUTLINE nice_status nice_latents_in_group(struct nice_latents *latents, uint32_t block)
{
    nice_status status = nice_find_group(latents, block / NICE_GROUP_BLOCKS, &latents->at);

    latents->codes[sizeof latents->codes - 1] = 0;
    latents->shift = 0;
    latents->block = block - block % NICE_GROUP_BLOCKS;
    if (status == NICE_STATUS_OK)
        status = nice_begin_group(latents);
    while (status == NICE_STATUS_OK && latents->block < block) {
        uint32_t length = nice_next_length(latents);
        if (length == 0)
            return NICE_STATUS_INVALID_IMAGE;
        nice_advance(latents, length);
    }
    return status;
}

/* nice_next_latent() in the adaptive layout. */
NICE_OUTLINE nice_status nice_next_in_group(struct nice_latents *latents, struct nice_latent *latent)
{
    uint8_t last[16];
    const uint8_t *bytes;
    uint32_t length, count, needed, low, shift, i;

    if (latents->block == latents->group_end) {
        nice_status status;
        nice_align(latents);
        status = nice_begin_group(latents);
        if (status != NICE_STATUS_OK)
            return status;
    }
    length = nice_next_length(latents);
    if (NICE_SELDOM(length == 0))
        return NICE_STATUS_INVALID_IMAGE;
    shift = latents->shift;
    needed = (shift + length + 7) / 8;
    bytes = nice_fetch(latents, latents->at, needed, &count);
    if (NICE_SELDOM(bytes == NULL))
        return nice_missing(latents->image);
    if (NICE_SELDOM(count < sizeof last)) {
        memset(last, 0, sizeof last);
        memcpy(last, bytes, (size_t)count);
        bytes = last;
    }
    low = nice_get_32(bytes);
    for (i = 0; i < 3; i++) {
        uint32_t high = nice_get_32(bytes + 4 * i + 4);
        /* In two steps, since a shift by 32 is not possible. */
        latent->words[i] = low >> shift | (high << 1) << (31 - shift);
        low = high;
    }
    latent->length = length;
    nice_advance(latents, length);
    return NICE_STATUS_OK;
}

#endif

/* Goes to the latent of a block. */
NICE_INLINE nice_status nice_seek(struct nice_latents *latents, uint32_t block)
{
#ifndef NICE_NO_ADAPTIVE
    if (latents->image->adaptive)
        return nice_latents_in_group(latents, block);
#endif
    latents->at = NICE_HEADER_BYTES + 6 * block;
    return NICE_STATUS_OK;
}

/* Prepares to read the latents of the blocks from one of them on. */
static nice_status nice_latents_at(struct nice_latents *latents, const nice_image *image, uint32_t block)
{
    latents->image = image;
    latents->window = 0;
    latents->window_length = 0;
    return nice_seek(latents, block);
}

/* Reads the next latent. */
NICE_INLINE nice_status nice_next_latent(struct nice_latents *latents, struct nice_latent *latent)
{
    const uint8_t *bytes;
    uint32_t count;

#ifndef NICE_NO_ADAPTIVE
    if (latents->image->adaptive)
        return nice_next_in_group(latents, latent);
#endif
    bytes = nice_fetch(latents, latents->at, 6, &count);
    if (NICE_SELDOM(bytes == NULL))
        return nice_missing(latents->image);
    latent->words[0] = nice_get_32(bytes);
    latent->words[1] = nice_get_16(bytes + 4);
    latent->words[2] = 0;
    latent->length = NICE_LATENT_BITS;
    latents->at += 6;
    return NICE_STATUS_OK;
}

/* The number of blocks that it takes to cover a width or a height in pixels. */
NICE_INLINE uint32_t nice_blocks_across(uint32_t pixels)
{
    return pixels / 8 + (pixels % 8 != 0);
}

/* Reads the header of an image, of which everything else is known. */
static nice_status nice_read_header(nice_image *image)
{
    static const uint8_t magic[4] = { 'N', 'I', 'C', 'E' };
    struct nice_latents latents;
    const uint8_t *header;
    uint32_t count = 0, wide, high, id;

    memset(&latents, 0, sizeof latents);
    latents.image = image;
    /* As much as there is: what a short file begins with says whether it is an image. */
    header = nice_fetch(&latents, 0, 1, &count);
    if (header == NULL)
        return nice_missing(image);
    if (memcmp(header, magic, count < 4 ? (size_t)count : 4) != 0)
        return NICE_STATUS_NOT_AN_IMAGE;
    if (count < 5)
        return nice_missing(image);
    if (header[4] != 1)
        return NICE_STATUS_UNSUPPORTED_IMAGE;
    if (count < NICE_HEADER_BYTES)
        return nice_missing(image);
    image->width = nice_get_32(header + 8);
    image->height = nice_get_32(header + 12);
    id = nice_get_32(header + 16);
    if (header[6] != 0 || header[7] != 0 || image->width == 0 || image->height == 0 || header[5] > 1)
        return NICE_STATUS_INVALID_IMAGE;
    image->adaptive = header[5];
#ifdef NICE_NO_ADAPTIVE
    if (image->adaptive)
        return NICE_STATUS_UNSUPPORTED_IMAGE;
#endif
    /* If a file of so many blocks would have more than 4 GiB, it cannot be complete; the number stays 0. */
    wide = nice_blocks_across(image->width);
    high = nice_blocks_across(image->height);
    if (high <= (0xFFFFFFFFu - NICE_HEADER_BYTES - 4) / 6 / wide)
        image->blocks = wide * high;
    if (image->adaptive) {
#ifndef NICE_NO_ADAPTIVE
        uint32_t groups = nice_groups(image);
        if (count < NICE_HEADER_BYTES + 8)
            return nice_missing(image);
        memcpy(image->lengths, header + NICE_HEADER_BYTES, 8);
        image->code_bits = (uint8_t)((image->lengths[1] != 0) + (image->lengths[2] != 0) + (image->lengths[4] != 0));
        image->groups = NICE_HEADER_BYTES + 8 + 4 * nice_segments(groups) + 2 * groups;
#endif
    } else {
        image->lengths[0] = NICE_LATENT_BITS;
    }
    return id == image->model.id ? NICE_STATUS_OK : NICE_STATUS_MODEL_MISMATCH;
}

/* Whether the lengths of latents increase, are at most 96 bits, and nothing follows the last one. */
static int nice_check_lengths(const nice_image *image)
{
    unsigned i, ended = 0;

    for (i = 0; i < 8; i++) {
        uint8_t length = image->lengths[i];
        if (length == 0 && i > 0)
            ended = 1;
        else if (ended || length > NICE_MAX_LATENT_BITS || length <= (i > 0 ? image->lengths[i - 1] : 0))
            return 0;
    }
    return 1;
}

/* Whether the model has all lengths of latents. */
static nice_status nice_match_lengths(const nice_image *image)
{
    unsigned i;

    for (i = 0; i < 8 && image->lengths[i] != 0; i++)
        if (!nice_has_length(&image->model, image->lengths[i]))
            return NICE_STATUS_MODEL_MISMATCH;
    return NICE_STATUS_OK;
}

/* Finds the end of the latents, and checks the index on the way. */
static nice_status nice_find_end(const nice_image *image, uint32_t *end)
{
    if (image->blocks == 0)
        return nice_missing(image);
#ifndef NICE_NO_ADAPTIVE
    if (image->adaptive) {
        struct nice_latents latents;
        nice_status status = NICE_STATUS_OK;
        /* Each block has at least a bit. */
        if (image->read == NULL && image->length < image->groups + (image->blocks + 7) / 8 + 4)
            return NICE_STATUS_TRUNCATED_IMAGE;
        memset(&latents, 0, sizeof latents);
        latents.image = image;
        latents.at = image->groups;
        while (status == NICE_STATUS_OK && latents.block < image->blocks) {
            uint32_t length;
            if (latents.block % NICE_GROUP_BLOCKS == 0) {
                uint32_t at = 0;
                nice_align(&latents);
                status = nice_find_group(&latents, latents.block / NICE_GROUP_BLOCKS, &at);
                if (status == NICE_STATUS_OK && at != latents.at)
                    status = NICE_STATUS_INVALID_IMAGE;
                if (status == NICE_STATUS_OK)
                    status = nice_begin_group(&latents);
                if (status != NICE_STATUS_OK)
                    break;
            }
            length = nice_next_length(&latents);
            if (length == 0)
                status = NICE_STATUS_INVALID_IMAGE;
            else
                nice_advance(&latents, length);
        }
        nice_align(&latents);
        *end = latents.at;
        return status;
    }
#endif
    *end = NICE_HEADER_BYTES + 6 * image->blocks;
    return NICE_STATUS_OK;
}

/* Checks the checksum that follows the latents. */
static nice_status nice_check_sum(const nice_image *image, uint32_t end)
{
    struct nice_latents latents;
    const uint8_t *bytes;
    uint32_t at = 0, count, crc = 0xFFFFFFFFu;

    memset(&latents, 0, sizeof latents);
    latents.image = image;
    while (at < end) {
        bytes = nice_fetch(&latents, at, 1, &count);
        if (bytes == NULL)
            return nice_missing(image);
        count = nice_min(count, end - at);
        crc = nice_crc(crc, bytes, (size_t)count);
        at += count;
    }
    bytes = nice_fetch(&latents, end, 4, &count);
    if (bytes == NULL)
        return nice_missing(image);
    return nice_get_32(bytes) == (crc ^ 0xFFFFFFFFu) ? NICE_STATUS_OK : NICE_STATUS_DAMAGED_IMAGE;
}

/* Checks everything but the header. */
static nice_status nice_check_file(const nice_image *image)
{
    uint32_t end = 0, count;
    nice_status status = nice_check_lengths(image) ? nice_find_end(image, &end) : NICE_STATUS_INVALID_IMAGE;

    if (image->read == NULL) {
        if (status == NICE_STATUS_OK && (end > image->length || image->length - end < 4))
            return NICE_STATUS_TRUNCATED_IMAGE;
        if (status == NICE_STATUS_OK && image->length - end > 4)
            return NICE_STATUS_INVALID_IMAGE;
        /* Of a file that is not truncated or too long, the checksum says most reliably that it is damaged. */
        if (status != NICE_STATUS_TRUNCATED_IMAGE) {
            nice_status sum = nice_check_sum(image, image->length - 4);
            return sum != NICE_STATUS_OK ? sum : status;
        }
        return status;
    }
    if (status == NICE_STATUS_OK)
        status = nice_check_sum(image, end);
    if (status == NICE_STATUS_OK) {
        struct nice_latents latents;
        memset(&latents, 0, sizeof latents);
        latents.image = image;
        if (nice_fetch(&latents, end, 5, &count) != NULL)
            return NICE_STATUS_INVALID_IMAGE;
    }
    return status;
}

/* Opens an image of which the fields that say where its file is are set. */
static nice_status nice_open(nice_image *image, const nice_model *model)
{
    nice_status status, mismatch;

    if (!model->open)
        return NICE_STATUS_NOT_OPEN;
    image->model = *model;
    status = nice_read_header(image);
    /* Whether it is for the model matters only if it is an image. */
    mismatch = status;
    if (status == NICE_STATUS_MODEL_MISMATCH)
        status = NICE_STATUS_OK;
    if (status == NICE_STATUS_OK && image->read == NULL)
        status = nice_check_file(image);
    else if (status == NICE_STATUS_OK)
        status = !nice_check_lengths(image) ? NICE_STATUS_INVALID_IMAGE
                 : image->blocks == 0       ? nice_missing(image)
                                            : NICE_STATUS_OK;
    if (status == NICE_STATUS_OK)
        status = mismatch;
    if (status == NICE_STATUS_OK)
        status = nice_match_lengths(image);
    image->open = status == NICE_STATUS_OK;
    return status;
}

nice_status nice_image_open(nice_image *image, const nice_model *model, const uint8_t *file, size_t length)
{
    if (image == NULL)
        return NICE_STATUS_ARGUMENT;
    memset(image, 0, sizeof *image);
    if (model == NULL || file == NULL || !nice_is_length(length))
        return NICE_STATUS_ARGUMENT;
    image->bytes = file;
    image->length = (uint32_t)length;
    return nice_open(image, model);
}

#ifndef NICE_NO_READER

nice_status nice_image_open_reader(nice_image *image, const nice_model *model, nice_read *read, void *context, uint8_t *buffer,
                                   size_t length)
{
    if (image == NULL)
        return NICE_STATUS_ARGUMENT;
    memset(image, 0, sizeof *image);
    if (model == NULL || read == NULL || buffer == NULL || !nice_is_length(length))
        return NICE_STATUS_ARGUMENT;
    if (length < NICE_READER_BYTES)
        return NICE_STATUS_BUFFER;
    image->read = read;
    image->context = context;
    image->buffer = buffer;
    image->length = (uint32_t)length;
    return nice_open(image, model);
}

#endif

/* The status of a pointer to an image. */
static nice_status nice_require_open(const nice_image *image)
{
    if (image == NULL)
        return NICE_STATUS_ARGUMENT;
    return image->open ? NICE_STATUS_OK : NICE_STATUS_NOT_OPEN;
}

nice_status nice_image_check(const nice_image *image)
{
    nice_status status = nice_require_open(image);

    return status == NICE_STATUS_OK ? nice_check_file(image) : status;
}

/* The logarithm to base 2 of the pixels of the image, in each direction, that a pixel of the picture stands for. */
NICE_INLINE unsigned nice_scale_of(const nice_image *image)
{
#ifdef NICE_NO_REDUCED
    (void)image;
    return 0;
#else
    return image->scale;
#endif
}

enum { NICE_TURN_VERTICALLY = 1, NICE_TURN_HORIZONTALLY = 2, NICE_TURN_TRANSPOSED = 4, NICE_ANY_TURN = 8 };

/* The orientation of the picture, as bits. */
NICE_INLINE unsigned nice_turn_of(const nice_image *image)
{
#ifdef NICE_NO_TURNED
    (void)image;
    return 0;
#else
    return image->orientation;
#endif
}

/* Whether the picture is not the image as it is. */
NICE_INLINE int nice_is_transformed(const nice_image *image)
{
    return (nice_scale_of(image) | nice_turn_of(image)) != 0;
}

/* Exchanges columns with lines if the picture is transposed. */
NICE_INLINE void nice_exchange(const nice_image *image, uint32_t *across, uint32_t *down)
{
    if (nice_turn_of(image) & NICE_TURN_TRANSPOSED) {
        uint32_t columns = *across;
        *across = *down;
        *down = columns;
    }
}

/* A width or a height, reduced. */
NICE_INLINE uint32_t nice_reduced(const nice_image *image, uint32_t pixels)
{
    unsigned scale = nice_scale_of(image);

    return (pixels >> scale) + ((pixels & (((uint32_t)1 << scale) - 1)) != 0);
}

/* The columns and rows of blocks of the picture. */
NICE_INLINE void nice_picture_blocks(const nice_image *image, uint32_t *columns, uint32_t *rows)
{
    *columns = nice_blocks_across(image->width);
    *rows = nice_blocks_across(image->height);
    nice_exchange(image, columns, rows);
}

/* All blocks of a picture, whole, can be more than the picture, and if it is flipped, what is cut off of them comes first: this
 * many columns and lines. */
static void nice_margins(const nice_image *image, uint32_t *columns, uint32_t *lines)
{
    const unsigned turn = nice_turn_of(image);
    const uint32_t last = (8u >> nice_scale_of(image)) - 1;

    *columns = turn & NICE_TURN_HORIZONTALLY ? (0 - nice_reduced(image, image->width)) & last : 0;
    *lines = turn & NICE_TURN_VERTICALLY ? (0 - nice_reduced(image, image->height)) & last : 0;
    nice_exchange(image, columns, lines);
}

/* A region of the picture in the columns and lines of all blocks, whole; its right and lower edge can be at 2^32. */
NICE_INLINE nice_region nice_in_blocks(const nice_image *image, nice_region region)
{
    if (nice_turn_of(image) != 0) {
        uint32_t columns, lines;
        nice_margins(image, &columns, &lines);
        region.x += columns;
        region.y += lines;
    }
    return region;
}

/* The number of the block in a column and a row of the picture. */
NICE_INLINE uint32_t nice_block_at(const nice_image *image, uint32_t column, uint32_t row)
{
    const unsigned turn = nice_turn_of(image);
    uint32_t wide = nice_blocks_across(image->width);

    nice_exchange(image, &column, &row);
    if (turn & NICE_TURN_HORIZONTALLY)
        column = wide - 1 - column;
    if (turn & NICE_TURN_VERTICALLY)
        row = nice_blocks_across(image->height) - 1 - row;
    return row * wide + column;
}

nice_status nice_image_set_scale(nice_image *image, nice_scale scale)
{
    nice_status status = nice_require_open(image);
#ifdef NICE_NO_REDUCED
    const nice_scale last = NICE_SCALE_FULL;
#else
    const nice_scale last = NICE_SCALE_EIGHTH;
#endif

    if (status == NICE_STATUS_OK && (uint32_t)scale > (uint32_t)last)
        status = NICE_STATUS_SETTING;
    if (status == NICE_STATUS_OK)
        image->scale = (uint8_t)scale;
    return status;
}

nice_status nice_image_set_orientation(nice_image *image, nice_orientation orientation)
{
    nice_status status = nice_require_open(image);
#ifdef NICE_NO_TURNED
    const nice_orientation last = NICE_ORIENTATION_IDENTITY;
#else
    const nice_orientation last = NICE_ORIENTATION_TRANSVERSE;
#endif

    if (status == NICE_STATUS_OK && (uint32_t)orientation > (uint32_t)last)
        status = NICE_STATUS_SETTING;
    if (status == NICE_STATUS_OK)
        image->orientation = (uint8_t)orientation;
    return status;
}

nice_region nice_image_region(const nice_image *image)
{
    nice_region region = { 0, 0, 0, 0 };

    if (nice_require_open(image) == NICE_STATUS_OK) {
        region.width = image->width;
        region.height = image->height;
        if (nice_is_transformed(image)) {
            region.width = nice_reduced(image, region.width);
            region.height = nice_reduced(image, region.height);
            nice_exchange(image, &region.width, &region.height);
        }
    }
    return region;
}

uint32_t nice_image_blocks(const nice_image *image)
{
    return nice_require_open(image) == NICE_STATUS_OK ? image->blocks : 0;
}

int nice_image_has_deblocking(const nice_image *image)
{
    return nice_require_open(image) == NICE_STATUS_OK && image->model.kind == NICE_CODEBOOK &&
           image->model.tables.codebook.has_filter;
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 6  Codebook
 * ---------------------------------------------------------------------------------------------------------------------------- */

#ifndef NICE_NO_CODEBOOK

/* What the index of a stage selects: a codeword; whether that is negated, in bit 0; and its orientation, from bit 1 on. */
struct nice_index {
    const uint8_t *codeword;
    uint32_t flags;
};

enum { NICE_NEGATE = 1, NICE_FLIP_VERTICALLY = 2, NICE_FLIP_HORIZONTALLY = 4, NICE_TRANSPOSE = 8 };

/* Takes the index of a stage from the low end of the rest of a latent, and goes on after the codewords of the stage. Returns the
 * number of the codeword in its stage. */
NICE_INLINE uint32_t nice_take(const uint8_t *stage, uint32_t rest[3], int base, const uint8_t **codewords,
                               struct nice_index *index)
{
    unsigned bits = stage[0], flag_bits = stage[1] + 1u; /* 1 to 16, and 1 to 4 */
    uint32_t number = rest[0] & (((uint32_t)1 << bits) - 1), codeword;

    rest[0] = rest[0] >> bits | rest[1] << (32 - bits);
    rest[1] = rest[1] >> bits | rest[2] << (32 - bits);
    rest[2] >>= bits;
    /* A base codeword is never negated. With a zero as its negation bit, all stages are alike. */
    if (base) {
        number <<= 1;
        bits++;
    }
    codeword = number >> flag_bits;
    index->flags = number & (((uint32_t)1 << flag_bits) - 1);
    index->codeword = *codewords + (size_t)codeword * NICE_CODEWORD_BYTES;
    *codewords += ((size_t)1 << (bits - flag_bits)) * NICE_CODEWORD_BYTES;
    return codeword;
}

/* A block in luma and chroma, in the layout of a codeword: the base codeword, the sum of the residual codewords, and the gain of
 * the sum. */
struct nice_ycc {
    nice_word base[NICE_BLOCK_WORDS];
    nice_word sums[NICE_BLOCK_WORDS];
    /* What is added to the products of luma, chroma 1 and chroma 2 before the fraction bits are dropped: only the fraction of
     * it, so that no lane becomes negative. Its whole part, by which luma and chroma are then too large, is corrected by the
     * offsets. All in each lane. */
    nice_word starts[3];
    nice_word chroma2_offset;
    nice_word green_offset;
    nice_word blue_offset;
    uint32_t gain;
};

/* The same number in each lane. */
NICE_INLINE nice_word nice_splat(uint32_t number)
{
#if NICE_DSP
    return (number & 0xFFFFu) * NICE_LANE_ONES;
#elif NICE_WORD_BYTES == 8
    return (nice_word)(int64_t)(int32_t)number * NICE_LANE_ONES;
#else
    return number * NICE_LANE_ONES;
#endif
}

/* Sets the gain of a block, given the sum of the peaks of its stages. */
NICE_INLINE void nice_set_gain(struct nice_ycc *block, uint32_t gain, uint32_t peak_sum)
{
    int32_t peak = (int32_t)(gain * peak_sum);
    uint32_t whole[3], chroma2;
    unsigned plane;

    block->gain = gain;
    for (plane = 0; plane < 3; plane++) {
        unsigned shift = 6 + plane;
        int32_t start = (((int32_t)1 << shift) - peak) >> 1;
        block->starts[plane] = ((uint32_t)start & (((uint32_t)1 << shift) - 1)) * NICE_LANE_ONES;
        /* By how much the plane is too large; chroma is stored plus 128. */
        whole[plane] = (uint32_t)-(start >> shift) + (plane > 0 ? 128 : 0);
    }
    /* Red is luma + chroma 1 - chroma 2: the amount by which it is too large is added to chroma 2. */
    chroma2 = whole[0] + whole[1] - whole[2];
    block->chroma2_offset = nice_splat(chroma2);
    block->green_offset = nice_splat(whole[0] + 2 * whole[2] + 2 * chroma2);
    block->blue_offset = nice_splat(whole[1] + whole[2] + chroma2 - whole[0]);
}

/* What is done with an oriented codeword: it replaces the samples; or it is multiplied by a sign, and replaces the samples, with
 * a start added to each; or it is multiplied by a sign and added to the samples. */
enum nice_operation { NICE_COPY, NICE_SET, NICE_ADD };

/* What stands for a sign: words of 64 bits are negated by inverting all bits, which is faster than a product. */
#if NICE_WORD_BYTES == 8
#define NICE_SIGN(negated) ((nice_word)0 - (negated))
#else
#define NICE_SIGN(negated) ((nice_word)1 - ((nice_word)(negated) << 1))
#endif

NICE_INLINE nice_word nice_signed(nice_word word, nice_word sign)
{
#if NICE_WORD_BYTES == 8
    return (word ^ sign) - sign;
#else
    return word * sign;
#endif
}

NICE_INLINE void nice_apply(nice_word *to, nice_word word, enum nice_operation operation, nice_word sign, nice_word start)
{
    if (operation == NICE_COPY)
        *to = word;
    else if (operation == NICE_SET)
        *to = nice_signed(word, sign) + start;
    else
        *to += nice_signed(word, sign);
}

#if NICE_WORD_BYTES == 4

/* nice_apply() to two words next to each other. Returns the address after them. */
NICE_INLINE nice_word *nice_apply_two(nice_word *to, nice_word first, nice_word second, enum nice_operation operation,
                                      nice_word sign, nice_word start)
{
#if NICE_DSP
    nice_word to_first = 0, to_second = 0;
    if (operation == NICE_ADD)
        __asm__("ldrd %0, %1, [%2]" : "=r"(to_first), "=r"(to_second) : "r"(to), "m"(to[0]), "m"(to[1]));
    nice_apply(&to_first, first, operation, sign, start);
    nice_apply(&to_second, second, operation, sign, start);
    __asm__ volatile("strd %1, %2, [%0], #8" : "+r"(to) : "r"(to_first), "r"(to_second) : "memory");
    return to;
#else
    nice_apply(to, first, operation, sign, start);
    nice_apply(to + 1, second, operation, sign, start);
    return to + 2;
#endif
}

#endif

#if NICE_WORD_BYTES == 8

/* Exchanges the bits of `first` above the mask with the bits of `second` under it. */
#define NICE_EXCHANGE(first, second, shift, mask) \
    do { \
        uint64_t change = ((first) >> (shift) ^ (second)) & (mask); \
        (first) ^= change << (shift); \
        (second) ^= change; \
    } while (0)

/* Applies an operation to a codeword, transposed; `step` bytes from line to line of it, `next` words from line to line of the
 * result. */
NICE_INLINE void nice_orient_columns(nice_word *luma, nice_word *chroma, const uint8_t *from_luma, const uint8_t *from_chroma,
                                     ptrdiff_t step, ptrdiff_t next, int only_luma, enum nice_operation operation, nice_word sign,
                                     nice_word start)
{
    uint64_t a = nice_load(from_luma), b = nice_load(from_luma + step), c = nice_load(from_luma + 2 * step),
             d = nice_load(from_luma + 3 * step), e = nice_load(from_luma + 4 * step), f = nice_load(from_luma + 5 * step),
             g = nice_load(from_luma + 6 * step), h = nice_load(from_luma + 7 * step);

    NICE_EXCHANGE(a, e, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(b, f, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(c, g, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(d, h, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(a, c, 16, 0x0000FFFF0000FFFFu);
    NICE_EXCHANGE(b, d, 16, 0x0000FFFF0000FFFFu);
    NICE_EXCHANGE(e, g, 16, 0x0000FFFF0000FFFFu);
    NICE_EXCHANGE(f, h, 16, 0x0000FFFF0000FFFFu);
    NICE_EXCHANGE(a, b, 8, NICE_EVEN_BYTES);
    NICE_EXCHANGE(c, d, 8, NICE_EVEN_BYTES);
    NICE_EXCHANGE(e, f, 8, NICE_EVEN_BYTES);
    NICE_EXCHANGE(g, h, 8, NICE_EVEN_BYTES);
    nice_apply(luma, a, operation, sign, start);
    nice_apply(luma + next, b, operation, sign, start);
    nice_apply(luma + 2 * next, c, operation, sign, start);
    nice_apply(luma + 3 * next, d, operation, sign, start);
    nice_apply(luma + 4 * next, e, operation, sign, start);
    nice_apply(luma + 5 * next, f, operation, sign, start);
    nice_apply(luma + 6 * next, g, operation, sign, start);
    nice_apply(luma + 7 * next, h, operation, sign, start);
    if (only_luma)
        return;

    a = nice_load(from_chroma);
    b = nice_load(from_chroma + step);
    c = nice_load(from_chroma + 2 * step);
    d = nice_load(from_chroma + 3 * step);
    NICE_EXCHANGE(a, c, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(b, d, 32, 0x00000000FFFFFFFFu);
    NICE_EXCHANGE(a, b, 16, 0x0000FFFF0000FFFFu);
    NICE_EXCHANGE(c, d, 16, 0x0000FFFF0000FFFFu);
    nice_apply(chroma, a, operation, sign, start);
    nice_apply(chroma + next, b, operation, sign, start);
    nice_apply(chroma + 2 * next, c, operation, sign, start);
    nice_apply(chroma + 3 * next, d, operation, sign, start);
}

/* Applies an operation to lines of a codeword, each reversed if it is flipped horizontally. */
NICE_INLINE void nice_orient_lines(nice_word *to, const uint8_t *from, int lines, ptrdiff_t step, int horizontal, int sites,
                                   enum nice_operation operation, nice_word sign, nice_word start)
{
    int y;

    for (y = 0; y < lines; y++) {
        nice_word line = nice_load(from + y * step);
        if (horizontal) {
            line = nice_reversed_bytes(line);
            if (sites)
                line = (line >> 8 & NICE_EVEN_BYTES) | (line & NICE_EVEN_BYTES) << 8;
        }
        nice_apply(to + y, line, operation, sign, start);
    }
}

#else

/* The columns of four lines of four samples. */
NICE_INLINE void nice_columns(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    uint32_t ac_left = nice_pack_low(*a, *c), ac_right = nice_pack_high(*a, *c);
    uint32_t bd_left = nice_pack_low(*b, *d), bd_right = nice_pack_high(*b, *d);

    /* Exchanges the odd bytes of one with the even bytes of the other. */
    *b = (ac_left >> 8 ^ bd_left) & NICE_EVEN_BYTES;
    *a = ac_left ^ *b << 8;
    *b ^= bd_left;
    *d = (ac_right >> 8 ^ bd_right) & NICE_EVEN_BYTES;
    *c = ac_right ^ *d << 8;
    *d ^= bd_right;
}

/* Applies an operation to a codeword, transposed; `step` bytes from line to line of it, `next` words from line to line of the
 * result. */
NICE_INLINE void nice_orient_columns(nice_word *luma, nice_word *chroma, const uint8_t *from_luma, const uint8_t *from_chroma,
                                     ptrdiff_t step, ptrdiff_t next, int only_luma, enum nice_operation operation, nice_word sign,
                                     nice_word start)
{
    int side, quarter;

    /* A quarter of the luma after the other: four words below each other become four words below each other. */
    NICE_UNROLL
    for (side = 0; side < 2; side++, from_luma += 4 - 8 * step, luma += 4 * next - 2) {
        NICE_UNROLL
        for (quarter = 0; quarter < 2; quarter++, from_luma += 4 * step, luma++) {
            uint32_t a = nice_load(from_luma), b = nice_load(from_luma + step), c = nice_load(from_luma + 2 * step),
                     d = nice_load(from_luma + 3 * step);
            nice_columns(&a, &b, &c, &d);
            nice_apply(luma, a, operation, sign, start);
            nice_apply(luma + next, b, operation, sign, start);
            nice_apply(luma + 2 * next, c, operation, sign, start);
            nice_apply(luma + 3 * next, d, operation, sign, start);
        }
    }
    if (only_luma)
        return;
    NICE_UNROLL
    for (side = 0; side < 2; side++, from_chroma += 4, chroma += 2 * next) {
        uint32_t a = nice_load(from_chroma), b = nice_load(from_chroma + step), c = nice_load(from_chroma + 2 * step),
                 d = nice_load(from_chroma + 3 * step);
        nice_apply(chroma, nice_pack_low(a, b), operation, sign, start);
        nice_apply(chroma + 1, nice_pack_low(c, d), operation, sign, start);
        nice_apply(chroma + next, nice_pack_high(a, b), operation, sign, start);
        nice_apply(chroma + next + 1, nice_pack_high(c, d), operation, sign, start);
    }
}

/* Applies an operation to lines of a codeword, each reversed if it is flipped horizontally. */
NICE_INLINE void nice_orient_lines(nice_word *to, const uint8_t *from, int lines, ptrdiff_t step, int horizontal, int sites,
                                   enum nice_operation operation, nice_word sign, nice_word start)
{
    int y;

    NICE_UNROLL
    for (y = 0; y < lines; y++, from += step) {
        nice_word left, right;
        nice_load_two(from, &left, &right);
        if (horizontal) {
            nice_word first = sites ? right << 16 | right >> 16 : nice_reversed_bytes(right);
            right = sites ? left << 16 | left >> 16 : nice_reversed_bytes(left);
            left = first;
        }
        to = nice_apply_two(to, left, right, operation, sign, start);
    }
}

#endif

/* Applies an operation to a codeword, or only to its luma, in the orientation of some flags. */
NICE_INLINE void nice_orient(nice_word *to, const uint8_t *codeword, uint32_t flags, int only_luma, enum nice_operation operation,
                             nice_word sign, nice_word start)
{
    nice_word *chroma = to + NICE_LUMA_WORDS;
    const uint8_t *from_luma = codeword, *from_chroma = codeword + 64;
    ptrdiff_t step = 8;

    if (flags & NICE_FLIP_VERTICALLY) {
        from_luma += 7 * 8;
        from_chroma += 3 * 8;
        step = -8;
    }
    if (flags & NICE_TRANSPOSE) {
        ptrdiff_t next = NICE_LINE_WORDS;
        if (flags & NICE_FLIP_HORIZONTALLY) {
            to += 7 * NICE_LINE_WORDS;
            chroma += 3 * NICE_LINE_WORDS;
            next = -NICE_LINE_WORDS;
        }
        nice_orient_columns(to, chroma, from_luma, from_chroma, step, next, only_luma, operation, sign, start);
    } else if (flags & NICE_FLIP_HORIZONTALLY) {
        nice_orient_lines(to, from_luma, 8, step, 1, 0, operation, sign, start);
        nice_orient_lines(chroma, from_chroma, only_luma ? 0 : 4, step, 1, 1, operation, sign, start);
    } else {
        nice_orient_lines(to, from_luma, 8, step, 0, 0, operation, sign, start);
        nice_orient_lines(chroma, from_chroma, only_luma ? 0 : 4, step, 0, 1, operation, sign, start);
    }
}

NICE_OUTLINE void nice_orient_copy(nice_word *to, const uint8_t *codeword, uint32_t flags)
{
    nice_orient(to, codeword, flags, 0, NICE_COPY, 0, 0);
}

NICE_OUTLINE void nice_orient_set(nice_word *to, const uint8_t *codeword, uint32_t flags, nice_word sign, nice_word start)
{
    nice_orient(to, codeword, flags, 0, NICE_SET, sign, start);
}

NICE_OUTLINE void nice_orient_add(nice_word *to, const uint8_t *codeword, uint32_t flags, nice_word sign)
{
    nice_orient(to, codeword, flags, 0, NICE_ADD, sign, 0);
}

NICE_OUTLINE void nice_orient_add_luma(nice_word *to, const uint8_t *codeword, uint32_t flags, nice_word sign)
{
    nice_orient(to, codeword, flags, 1, NICE_ADD, sign, 0);
}

/* Applies an operation to the codeword of an index. */
NICE_INLINE void nice_put_codeword(nice_word *to, const struct nice_index *index, enum nice_operation operation, nice_word start)
{
    nice_word sign = NICE_SIGN(index->flags & NICE_NEGATE);

    if (NICE_SMALL) {
        unsigned i;
        for (i = 0; operation != NICE_ADD && i < NICE_BLOCK_WORDS; i++)
            to[i] = start;
        operation = NICE_ADD;
    }
    if (operation == NICE_COPY)
        nice_orient_copy(to, index->codeword, index->flags);
    else if (operation == NICE_SET)
        nice_orient_set(to, index->codeword, index->flags, sign, start);
    else
        nice_orient_add(to, index->codeword, index->flags, sign);
}

#if NICE_WORD_BYTES == 4

/* nice_put_codeword() of a codeword that is not aligned: it is copied first. */
NICE_OUTLINE void nice_put_copy(nice_word *to, const struct nice_index *index, enum nice_operation operation, nice_word start)
{
    nice_word copy[NICE_BLOCK_WORDS];
    struct nice_index aligned = *index;

    memcpy(copy, index->codeword, sizeof copy);
    aligned.codeword = (const uint8_t *)copy;
    nice_put_codeword(to, &aligned, operation, start);
}

#endif

/* Applies an operation to the codeword of an index, which may be at any address. */
NICE_INLINE void nice_put(nice_word *to, const struct nice_index *index, enum nice_operation operation, nice_word start)
{
#if NICE_WORD_BYTES == 4
    if (NICE_SELDOM(((uintptr_t)index->codeword & 3) != 0)) {
        nice_put_copy(to, index, operation, start);
        return;
    }
#endif
    nice_put_codeword(to, index, operation, start);
}

/* Adds the luma of the codeword of an index to samples of luma. */
NICE_INLINE void nice_add_luma(nice_word *to, const struct nice_index *index)
{
    const uint8_t *codeword = index->codeword;
#if NICE_WORD_BYTES == 4
    nice_word copy[NICE_LUMA_WORDS];

    if (NICE_SELDOM(((uintptr_t)codeword & 3) != 0)) {
        memcpy(copy, codeword, sizeof copy);
        codeword = (const uint8_t *)copy;
    }
#endif
    nice_orient_add_luma(to, codeword, index->flags, NICE_SIGN(index->flags & NICE_NEGATE));
}

/* Turns a codeword that is already in an orientation: if that transposes it, it is flipped in the other direction. With
 * NICE_ANY_TURN it has none, since only its mean matters. */
NICE_INLINE void nice_turn_index(struct nice_index *index, unsigned turn)
{
    uint32_t flips = turn & (NICE_TURN_VERTICALLY | NICE_TURN_HORIZONTALLY);

    if (turn == 0)
        return;
    if (turn == NICE_ANY_TURN) {
        index->flags &= NICE_NEGATE;
        return;
    }
    if (index->flags & NICE_TRANSPOSE)
        flips = flips >> 1 | (flips << 1 & NICE_TURN_HORIZONTALLY);
    index->flags ^= (flips | (turn & NICE_TURN_TRANSPOSED)) << 1;
}

/* Decodes a block to luma and chroma, or only to luma, in an orientation. Returns the sum of the peaks of its stages.
 *
 * Words of residual codewords are added as they are. No sum is above 255, and a negated codeword is subtracted after the peak
 * of its stage has been added. On the way a byte may borrow from the next one; in the end every byte is right. */
NICE_INLINE uint32_t nice_codebook_block_in(const struct nice_codebook *codebook, const struct nice_latent *latent, unsigned turn,
                                            int only_luma, struct nice_ycc *block)
{
    struct nice_index indices[NICE_MAX_STAGES], *index = indices, *end;
    const uint8_t *stage = codebook->stages, *peaks = codebook->peaks, *codewords = codebook->codewords;
    const uint8_t *last = stage + 2 * codebook->stage_count;
    uint32_t rest[3], left = latent->length - stage[0], peak_sum = 0, start = 0, gain;

    memcpy(rest, latent->words, sizeof rest);
    /* There is a base: every length of latents ends with a stage. */
    gain = codebook->gains[nice_take(stage, rest, 1, &codewords, index)];
    nice_turn_index(index++, turn);
    for (stage += 2; stage < last && left >= stage[0]; stage += 2, index++) {
        uint32_t peak = *peaks++;
        left -= stage[0];
        nice_take(stage, rest, 0, &codewords, index);
        nice_turn_index(index, turn);
        peak_sum += peak;
        start += peak & (0 - (index->flags & NICE_NEGATE));
    }
    end = index;
    nice_set_gain(block, gain, peak_sum);
    if (only_luma) {
        unsigned word;
        for (word = 0; word < NICE_LUMA_WORDS; word++) {
            block->base[word] = 0;
            block->sums[word] = start * NICE_BYTE_ONES;
        }
        nice_add_luma(block->base, indices);
        for (index = indices + 1; index < end; index++)
            nice_add_luma(block->sums, index);
        return peak_sum;
    }
    nice_put(block->base, indices, NICE_COPY, 0);
    if (end == indices + 1) {
        memset(block->sums, 0, sizeof block->sums);
        return peak_sum;
    }
    nice_put(block->sums, indices + 1, NICE_SET, start * NICE_BYTE_ONES);
    for (index = indices + 2; index < end; index++)
        nice_put(block->sums, index, NICE_ADD, 0);
    return peak_sum;
}

/* Decodes a block to luma and chroma. */
NICE_OUTLINE void nice_codebook_block(const struct nice_codebook *codebook, const struct nice_latent *latent,
                                      struct nice_ycc *block)
{
    (void)nice_codebook_block_in(codebook, latent, 0, 0, block);
}

/* Decodes a block to luma and chroma in an orientation. Returns the sum of the peaks of its stages. */
NICE_OUTLINE uint32_t nice_codebook_block_turned(const struct nice_codebook *codebook, const struct nice_latent *latent,
                                                 unsigned turn, struct nice_ycc *block)
{
    return nice_codebook_block_in(codebook, latent, turn, 0, block);
}

/* Decodes a block to luma in an orientation. Returns the sum of the peaks of its stages. */
NICE_OUTLINE uint32_t nice_codebook_block_luma(const struct nice_codebook *codebook, const struct nice_latent *latent,
                                               unsigned turn, struct nice_ycc *block)
{
    return nice_codebook_block_in(codebook, latent, turn, 1, block);
}

/* Adds a residual with some fraction bits to a sample of a base codeword. */
NICE_INLINE int32_t nice_sample(int32_t base, int32_t gain, int32_t sum, int32_t peak_sum, unsigned shift)
{
    return base + ((gain * sum + ((((int32_t)1 << shift) - gain * peak_sum) >> 1)) >> shift);
}

/* Decodes a single pixel: three bytes of each codeword. */
static void nice_codebook_texel(const struct nice_codebook *codebook, const struct nice_latent *latent, unsigned x, unsigned y,
                                uint8_t *rgb)
{
    const uint8_t *codewords = codebook->codewords;
    uint32_t rest[3], left = latent->length;
    int32_t base_luma = 0, base_chroma1 = 0, base_chroma2 = 0, luma = 0, chroma1 = 0, chroma2 = 0, peak_sum = 0, gain = 0;
    unsigned i;

    memcpy(rest, latent->words, sizeof rest);
    for (i = 0; i < codebook->stage_count; i++) {
        const uint8_t *stage = codebook->stages + 2 * i, *luma_sample, *chroma_samples;
        struct nice_index index;
        unsigned column = x, line = y;
        uint32_t codeword;
        if (left < stage[0])
            break;
        left -= stage[0];
        codeword = nice_take(stage, rest, i == 0, &codewords, &index);
        if (index.flags & NICE_TRANSPOSE) {
            column = y;
            line = x;
        }
        if (index.flags & NICE_FLIP_HORIZONTALLY)
            column ^= 7;
        if (index.flags & NICE_FLIP_VERTICALLY)
            line ^= 7;
        luma_sample = index.codeword + 8 * line + column;
        chroma_samples = index.codeword + 64 + 8 * (line / 2) + 2 * (column / 2);
        if (i == 0) {
            gain = codebook->gains[codeword];
            base_luma = luma_sample[0];
            base_chroma1 = chroma_samples[0] - 128;
            base_chroma2 = chroma_samples[1] - 128;
        } else {
            int32_t peak = codebook->peaks[i - 1];
            peak_sum += peak;
            if (index.flags & NICE_NEGATE) {
                luma += peak - luma_sample[0];
                chroma1 += peak - chroma_samples[0];
                chroma2 += peak - chroma_samples[1];
            } else {
                luma += luma_sample[0];
                chroma1 += chroma_samples[0];
                chroma2 += chroma_samples[1];
            }
        }
    }
    luma = nice_sample(base_luma, gain, luma, peak_sum, 6);
    chroma1 = nice_sample(base_chroma1, gain, chroma1, peak_sum, 7);
    chroma2 = nice_sample(base_chroma2, gain, chroma2, peak_sum, 8);
    rgb[0] = nice_clamped(luma + chroma1 - chroma2);
    rgb[1] = nice_clamped(luma + 2 * chroma2);
    rgb[2] = nice_clamped(luma - chroma1 - chroma2);
}

#endif

/* ------------------------------------------------------------------------------------------------------------------------------
 * 7  Pixels
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* Whether there is a format: one of NICE_FORMATS, and the one that is deblocked. */
#ifdef NICE_NO_DEBLOCK
#define NICE_HAS(format) (((uint32_t)(NICE_FORMATS) >> (format) & 1u) != 0)
#else
#define NICE_HAS(format) (((uint32_t)((NICE_FORMATS) | 1 << NICE_FORMAT_RGB888) >> (format) & 1u) != 0)
#endif

/* Whether a format is one of gray, if there are any. */
NICE_INLINE int nice_is_gray(nice_format format)
{
    return (uint32_t)(NICE_FORMATS) >> NICE_FORMAT_GRAY8 != 0 && format >= NICE_FORMAT_GRAY8;
}

/* The bytes of a pixel in color. */
NICE_INLINE unsigned nice_pixel_bytes(nice_format format)
{
    switch (format) {
    case NICE_FORMAT_RGB888:
    case NICE_FORMAT_BGR888:
        return 3;
    case NICE_FORMAT_XRGB8888:
        return 4;
    default:
        return 2;
    }
}

/* The bits of a pixel in a format of gray. */
NICE_INLINE unsigned nice_gray_bits(nice_format format)
{
    return format == NICE_FORMAT_GRAY8 ? 8 : 4u >> ((unsigned)format - NICE_FORMAT_GRAY4_MSB) % 6 / 2;
}

/* Whether the first pixel is in the least significant bits of a byte, in a format of gray with less than 8. */
NICE_INLINE int nice_is_least_first(nice_format format)
{
    return ((unsigned)format - NICE_FORMAT_GRAY4_MSB) % 2 != 0;
}

/* Whether a number is that of a format that there is. */
static int nice_is_format(nice_format format)
{
    return (uint32_t)format <= (uint32_t)NICE_FORMAT_DITHERED_GRAY1_LSB && NICE_HAS((unsigned)format);
}

/* The bytes of a line in a format that there is. */
NICE_INLINE size_t nice_bytes_of_line(nice_format format, uint32_t width)
{
#if SIZE_MAX <= 0xFFFFFFFFu
    if (width > SIZE_MAX / 4)
        return SIZE_MAX;
#endif
    if (nice_is_gray(format))
        return (size_t)(width / 8) * nice_gray_bits(format) + ((size_t)(width % 8) * nice_gray_bits(format) + 7) / 8;
    return (size_t)width * nice_pixel_bytes(format);
}

size_t nice_line_bytes(nice_format format, uint32_t width)
{
    return nice_is_format(format) ? nice_bytes_of_line(format, width) : 0;
}

/* Thresholds of ordered dithering, 4 * bayer + 1, in lanes: by line and word of the line, for even and for odd columns. */
#define NICE_LANE(value, lane) ((nice_word)(4 * (value) + 1) << (16 * (lane)))
#if NICE_WORD_BYTES == 8
#define NICE_THRESHOLDS(a, b, c, d, e, f, g, h) \
    { { NICE_LANE(a, 0) | NICE_LANE(c, 1) | NICE_LANE(e, 2) | NICE_LANE(g, 3), \
        NICE_LANE(b, 0) | NICE_LANE(d, 1) | NICE_LANE(f, 2) | NICE_LANE(h, 3) } }
#else
#define NICE_THRESHOLDS(a, b, c, d, e, f, g, h) \
    { { NICE_LANE(a, 0) | NICE_LANE(c, 1), NICE_LANE(b, 0) | NICE_LANE(d, 1) }, \
      { NICE_LANE(e, 0) | NICE_LANE(g, 1), NICE_LANE(f, 0) | NICE_LANE(h, 1) } }
#endif
static const nice_word nice_thresholds[8][NICE_LINE_WORDS][2] = {
    NICE_THRESHOLDS(0, 32, 8, 40, 2, 34, 10, 42),   NICE_THRESHOLDS(48, 16, 56, 24, 50, 18, 58, 26),
    NICE_THRESHOLDS(12, 44, 4, 36, 14, 46, 6, 38),  NICE_THRESHOLDS(60, 28, 52, 20, 62, 30, 54, 22),
    NICE_THRESHOLDS(3, 35, 11, 43, 1, 33, 9, 41),   NICE_THRESHOLDS(51, 19, 59, 27, 49, 17, 57, 25),
    NICE_THRESHOLDS(15, 47, 7, 39, 13, 45, 5, 37),  NICE_THRESHOLDS(63, 31, 55, 23, 61, 29, 53, 21),
};

/* How a format of two bytes is made: the lowest bits of its channels, the highest level of green (that of red and blue is 31),
 * and whether it is dithered, and high byte first. */
struct nice_two_bytes {
    unsigned red_bit;
    unsigned green_bit;
    unsigned blue_bit;
    unsigned green_max;
    int dithered;
    int big_endian;
};

NICE_INLINE struct nice_two_bytes nice_layout(nice_format format)
{
    struct nice_two_bytes layout = { 11, 5, 0, 63, 0, 0 };

    if (format == NICE_FORMAT_BGR555_LE || format == NICE_FORMAT_DITHERED_BGR555_LE) {
        layout.red_bit = 0;
        layout.blue_bit = 10;
        layout.green_max = 31;
    }
    layout.dithered = format >= NICE_FORMAT_DITHERED_RGB565_LE;
    layout.big_endian = format == NICE_FORMAT_RGB565_BE || format == NICE_FORMAT_DITHERED_RGB565_BE;
    return layout;
}

/* The level of a sample, up to 31 or 63: the nearest, or dithered with a threshold. */
NICE_INLINE unsigned nice_level(unsigned sample, unsigned max, int dithered, unsigned threshold)
{
    unsigned n = sample * max + threshold;

    if (dithered)
        return (n + 1 + (n >> 8)) >> 8; /* n div 255 */
    return max == 31 ? (sample * 249u + 1014u) >> 11 : (sample * 253u + 505u) >> 10;
}

/* The threshold of a pixel in a column and a line of a block. */
NICE_INLINE unsigned nice_threshold(unsigned x, unsigned y)
{
    nice_word lanes = nice_thresholds[y % 8][x % 8 / (2 * NICE_LANES)][x % 2];

    return (unsigned)(lanes >> (16 * (x % (2 * NICE_LANES) / 2)) & 0xFFFFu);
}

/* The level of gray, up to 15, 3 or 1: the nearest, or dithered for a pixel in a column and a line of a block. */
NICE_INLINE unsigned nice_gray_level(unsigned gray, unsigned max, int dithered, unsigned x, unsigned y)
{
    if (dithered) {
        unsigned n = gray * max + nice_threshold(x, y);
        return (n + 1 + (n >> 8)) >> 8; /* n div 255 */
    }
    return (gray * max + 128 + max / 2) >> 8;
}

/* Writes pixels from gray, the first of which is in a column and a line of a block, to a line, from pixel `at` on. */
NICE_OUTLINE void nice_convert_gray(nice_format format, const uint8_t *gray, unsigned x, unsigned y, size_t count, uint8_t *line,
                                    size_t at)
{
    const unsigned bits = nice_gray_bits(format), max = (1u << bits) - 1;
    const int least_first = nice_is_least_first(format), dithered = format >= NICE_FORMAT_DITHERED_GRAY4_MSB;
    size_t i;

    if (bits == 8) {
        memcpy(line + at, gray, count);
        return;
    }
    for (i = 0; i < count; i++, at++) {
        const unsigned in_byte = (unsigned)(at * bits % 8), shift = least_first ? in_byte : 8 - bits - in_byte;
        const unsigned level = nice_gray_level(gray[i], max, dithered, x + (unsigned)i, y);
        uint8_t *const to = line + at / 8 * bits + at % 8 * bits / 8;
        *to = (uint8_t)((*to & ~(max << shift)) | level << shift);
    }
}

/* Writes pixels from red, green and blue, the first of which is in a column and a line of a block, to a line, from pixel `at`
 * on. */
NICE_OUTLINE void nice_convert(nice_format format, const uint8_t *rgb, unsigned x, unsigned y, size_t count, uint8_t *line,
                               size_t at)
{
    struct nice_two_bytes layout;
    const uint8_t *end = rgb + 3 * count;
    uint8_t *to;

    if (nice_is_gray(format)) {
        for (; rgb != end; rgb += 3, x++, at++) {
            /* A third of at most 766. */
            uint8_t gray = (uint8_t)(((uint32_t)rgb[0] + rgb[1] + rgb[2] + 1) * 21846u >> 16);
            nice_convert_gray(format, &gray, x, y, 1, line, at);
        }
        return;
    }
    to = line + at * nice_pixel_bytes(format);
    if (format == NICE_FORMAT_RGB888) {
        memcpy(to, rgb, 3 * count);
        return;
    }
    if (format == NICE_FORMAT_BGR888 || format == NICE_FORMAT_XRGB8888) {
        unsigned bytes = nice_pixel_bytes(format);
        for (; rgb != end; rgb += 3, to += bytes) {
            uint8_t red = rgb[0], green = rgb[1], blue = rgb[2];
            to[0] = blue;
            to[1] = green;
            to[2] = red;
            if (bytes == 4)
                to[3] = 0;
        }
        return;
    }
    layout = nice_layout(format);
    for (; rgb != end; rgb += 3, to += 2, x++) {
        unsigned threshold = 0, pixel;
        if (layout.dithered)
            threshold = nice_threshold(x, y);
        pixel = nice_level(rgb[0], 31, layout.dithered, threshold) << layout.red_bit |
                nice_level(rgb[1], layout.green_max, layout.dithered, threshold) << layout.green_bit |
                nice_level(rgb[2], 31, layout.dithered, threshold) << layout.blue_bit;
        to[layout.big_endian] = (uint8_t)(pixel & 0xFFu);
        to[!layout.big_endian] = (uint8_t)(pixel >> 8);
    }
}

#ifndef NICE_NO_CODEBOOK

/* Red, green and blue in the lanes of words: of the pixels in even columns, and of those in odd columns. */
struct nice_rgb {
    nice_word even_red;
    nice_word even_green;
    nice_word even_blue;
    nice_word odd_red;
    nice_word odd_green;
    nice_word odd_blue;
};

/* What chroma adds to luma for red, green and blue, in lanes. */
struct nice_differences {
    nice_word red;
    nice_word green;
    nice_word blue;
};

NICE_INLINE nice_word nice_add_lanes(nice_word a, nice_word b)
{
#if NICE_DSP
    return (uint32_t)__sadd16((int16x2_t)a, (int16x2_t)b);
#else
    return a + b;
#endif
}

NICE_INLINE nice_word nice_sub_lanes(nice_word a, nice_word b)
{
#if NICE_DSP
    return (uint32_t)__ssub16((int16x2_t)a, (int16x2_t)b);
#else
    return a - b;
#endif
}

/* Adds the even, or the odd, bytes of a word to lanes that are not negative. */
NICE_INLINE nice_word nice_add_even_bytes(nice_word lanes, nice_word bytes)
{
#if NICE_DSP
    return (uint32_t)__uxtab16((uint16x2_t)lanes, (uint8x4_t)bytes);
#else
    return lanes + (bytes & NICE_EVEN_BYTES);
#endif
}

NICE_INLINE nice_word nice_add_odd_bytes(nice_word lanes, nice_word bytes)
{
#if NICE_DSP
    nice_word sums;
    __asm__("uxtab16 %0, %1, %2, ror #8" : "=r"(sums) : "r"(lanes), "r"(bytes));
    return sums;
#else
    return lanes + (bytes >> 8 & NICE_EVEN_BYTES);
#endif
}

/* Clamps lanes to 0 to 255. In words of more than one lane, a negative lane has borrowed from the one above it. */
NICE_INLINE nice_word nice_clamp_lanes(nice_word lanes)
{
#if NICE_DSP
    return (uint32_t)__usat16((int16x2_t)lanes, 8);
#else
    /* With the highest bit inverted, no lane is negative, and none borrows. */
    nice_word biased = lanes + 0x8000u * NICE_LANE_ONES;
    nice_word positive = biased >> 15 & NICE_LANE_ONES;
    nice_word kept = biased & ((positive << 15) - positive); /* 15 bits, or none of a lane that was negative */
    nice_word over = (kept + 0x7F00u * NICE_LANE_ONES) >> 15 & NICE_LANE_ONES;
    return (kept | ((over << 8) - over)) & NICE_EVEN_BYTES;
#endif
}

/* Residuals of a plane, not yet corrected by the offsets. A product is at most 255 * 255, and what is added to it at most 255, so
 * each fits into its lane. */
NICE_INLINE nice_word nice_residual(const struct nice_ycc *block, nice_word sums, unsigned plane)
{
    nice_word products = sums * block->gain + block->starts[plane];

    if (plane == 2)
        return nice_odd_bytes(products);
    return products >> (6 + plane) & ((nice_word)(0xFFFFu >> (6 + plane)) * NICE_LANE_ONES);
}

/* What chroma sites of 2 x 2 pixels add to luma for red, green and blue. */
NICE_INLINE struct nice_differences nice_color_differences(const struct nice_ycc *block, unsigned word)
{
    struct nice_differences differences;
    nice_word base = block->base[NICE_LUMA_WORDS + word], sums = block->sums[NICE_LUMA_WORDS + word];
    nice_word chroma1 = nice_add_even_bytes(nice_residual(block, nice_even_bytes(sums), 1), base);
    nice_word chroma2 = nice_add_odd_bytes(nice_residual(block, nice_odd_bytes(sums), 2), base);

    chroma2 = nice_add_lanes(chroma2, block->chroma2_offset);
    differences.red = nice_sub_lanes(chroma1, chroma2);
    differences.green = nice_sub_lanes(nice_add_lanes(chroma2, chroma2), block->green_offset);
    differences.blue = nice_sub_lanes(nice_sub_lanes(block->blue_offset, chroma1), chroma2);
    return differences;
}

/* The samples of the pixels of a word of luma, not clamped. */
NICE_INLINE struct nice_rgb nice_samples(const struct nice_ycc *block, unsigned word, struct nice_differences differences)
{
    nice_word base = block->base[word], sums = block->sums[word];
    nice_word even = nice_add_even_bytes(nice_residual(block, nice_even_bytes(sums), 0), base);
    nice_word odd = nice_add_odd_bytes(nice_residual(block, nice_odd_bytes(sums), 0), base);
    struct nice_rgb rgb;

    rgb.even_red = nice_add_lanes(even, differences.red);
    rgb.even_green = nice_add_lanes(even, differences.green);
    rgb.even_blue = nice_add_lanes(even, differences.blue);
    rgb.odd_red = nice_add_lanes(odd, differences.red);
    rgb.odd_green = nice_add_lanes(odd, differences.green);
    rgb.odd_blue = nice_add_lanes(odd, differences.blue);
    return rgb;
}

/* Clamped pixels. */
NICE_INLINE struct nice_rgb nice_clamped_rgb(struct nice_rgb rgb)
{
    rgb.even_red = nice_clamp_lanes(rgb.even_red);
    rgb.even_green = nice_clamp_lanes(rgb.even_green);
    rgb.even_blue = nice_clamp_lanes(rgb.even_blue);
    rgb.odd_red = nice_clamp_lanes(rgb.odd_red);
    rgb.odd_green = nice_clamp_lanes(rgb.odd_green);
    rgb.odd_blue = nice_clamp_lanes(rgb.odd_blue);
    return rgb;
}

/* Lanes with their bytes exchanged. */
NICE_INLINE nice_word nice_swapped_bytes(nice_word lanes)
{
#if defined(__GNUC__) && defined(__arm__) && __ARM_ARCH >= 6
    nice_word swapped;
    __asm__("rev16 %0, %1" : "=l"(swapped) : "l"(lanes));
    return swapped;
#else
    return (lanes >> 8 & NICE_EVEN_BYTES) | (lanes & NICE_EVEN_BYTES) << 8;
#endif
}

/* A constant. On Arm it is kept in a register: gcc would replace a product with it by several shifts and additions. */
NICE_INLINE nice_word nice_in_register(nice_word constant)
{
#if defined(__GNUC__) && defined(__arm__)
    __asm__("" : "+r"(constant));
#endif
    return constant;
}

/* Levels in the lanes of a word, shifted to their bit. */
NICE_INLINE nice_word nice_levels(nice_word samples, unsigned max, unsigned bit, int dithered, nice_word thresholds)
{
    if (dithered) {
        nice_word n = samples * max + thresholds;
        return ((n + NICE_LANE_ONES + (n >> 8 & NICE_EVEN_BYTES)) >> 8 & NICE_EVEN_BYTES) << bit;
    } else {
        unsigned shift = max == 31 ? 11 : 10;
        nice_word scaled = samples * nice_in_register(max == 31 ? 249u : 253u) +
                           nice_in_register((max == 31 ? 1014u : 505u) * NICE_LANE_ONES);
        scaled &= (nice_word)(max << shift) * NICE_LANE_ONES;
        return bit < shift ? scaled >> (shift - bit) : scaled << (bit - shift);
    }
}

/* Pixels of two bytes in the lanes of a word. */
NICE_INLINE nice_word nice_pack_lanes(nice_format format, nice_word red, nice_word green, nice_word blue, nice_word thresholds)
{
    struct nice_two_bytes layout = nice_layout(format);
    nice_word pixels = nice_levels(red, 31, layout.red_bit, layout.dithered, thresholds) |
                       nice_levels(green, layout.green_max, layout.green_bit, layout.dithered, thresholds) |
                       nice_levels(blue, 31, layout.blue_bit, layout.dithered, thresholds);

    return layout.big_endian ? nice_swapped_bytes(pixels) : pixels;
}

#if NICE_WORD_BYTES == 8

/* The lower, or upper, two lanes of a word, each in the lower lane of 32 bits. */
NICE_INLINE nice_word nice_lower_lanes(nice_word lanes)
{
    return (lanes & 0xFFFFu) | (lanes & 0xFFFF0000u) << 16;
}

NICE_INLINE nice_word nice_upper_lanes(nice_word lanes)
{
    return nice_lower_lanes(lanes >> 32);
}

#endif

/* Stores clamped pixels, those of a word of luma. */
NICE_INLINE void nice_store_pixels(nice_format format, struct nice_rgb rgb, unsigned y, unsigned side, uint8_t *to)
{
    if (format == NICE_FORMAT_RGB888 || format == NICE_FORMAT_BGR888) {
        const int reversed = format == NICE_FORMAT_BGR888;
        nice_word even_first = reversed ? rgb.even_blue : rgb.even_red, even_third = reversed ? rgb.even_red : rgb.even_blue;
        nice_word odd_first = reversed ? rgb.odd_blue : rgb.odd_red, odd_third = reversed ? rgb.odd_red : rgb.odd_blue;
        /* Each lane has two of the six bytes of two pixels. */
        nice_word start = even_first | rgb.even_green << 8, middle = even_third | odd_first << 8,
                  end = rgb.odd_green | odd_third << 8;
#if NICE_WORD_BYTES == 8
        const nice_word lane = 0xFFFFu;
        nice_store(to, (start & lane) | (middle & lane) << 16 | (end & lane) << 32 | (start & lane << 16) << 32);
        nice_store(to + 8, (middle >> 16 & lane) | (end & lane << 16) | (start & lane << 32) | (middle & lane << 32) << 16);
        nice_store(to + 16, (end >> 32 & lane) | start >> 48 << 16 | middle >> 48 << 32 | (end & lane << 48));
#else
        nice_store(to, nice_pack_low(start, middle));
        nice_store(to + 4, nice_pack_low_high(end, start));
        nice_store(to + 8, nice_pack_high(middle, end));
#endif
    } else if (format == NICE_FORMAT_XRGB8888) {
        nice_word even_bg = rgb.even_blue | rgb.even_green << 8, odd_bg = rgb.odd_blue | rgb.odd_green << 8;
#if NICE_WORD_BYTES == 8
        nice_word even_low = nice_lower_lanes(even_bg) | nice_lower_lanes(rgb.even_red) << 16;
        nice_word odd_low = nice_lower_lanes(odd_bg) | nice_lower_lanes(rgb.odd_red) << 16;
        nice_word even_high = nice_upper_lanes(even_bg) | nice_upper_lanes(rgb.even_red) << 16;
        nice_word odd_high = nice_upper_lanes(odd_bg) | nice_upper_lanes(rgb.odd_red) << 16;
        nice_store(to, (even_low & 0xFFFFFFFFu) | odd_low << 32);
        nice_store(to + 8, even_low >> 32 | odd_low >> 32 << 32);
        nice_store(to + 16, (even_high & 0xFFFFFFFFu) | odd_high << 32);
        nice_store(to + 24, even_high >> 32 | odd_high >> 32 << 32);
#else
        nice_store(to, nice_pack_low(even_bg, rgb.even_red));
        nice_store(to + 4, nice_pack_low(odd_bg, rgb.odd_red));
        nice_store(to + 8, nice_pack_high(even_bg, rgb.even_red));
        nice_store(to + 12, nice_pack_high(odd_bg, rgb.odd_red));
#endif
    } else {
        nice_word first = nice_pack_lanes(format, rgb.even_red, rgb.even_green, rgb.even_blue, nice_thresholds[y][side][0]);
        nice_word second = nice_pack_lanes(format, rgb.odd_red, rgb.odd_green, rgb.odd_blue, nice_thresholds[y][side][1]);
#if NICE_WORD_BYTES == 8
        nice_store(to, nice_lower_lanes(first) | nice_lower_lanes(second) << 16);
        nice_store(to + 8, nice_upper_lanes(first) | nice_upper_lanes(second) << 16);
#else
        nice_store(to, nice_pack_low(first, second));
        nice_store(to + 4, nice_pack_high(first, second));
#endif
    }
}

/* Clamps and stores pixels. For all formats, since samples seldom have to be clamped. */
NICE_OUTLINE void nice_store_clamped(nice_format format, const struct nice_ycc *block, unsigned y, unsigned side, uint8_t *to)
{
    struct nice_differences differences = nice_color_differences(block, y / 2 * NICE_LINE_WORDS + side);
    struct nice_rgb rgb = nice_clamped_rgb(nice_samples(block, y * NICE_LINE_WORDS + side, differences));

#define NICE_CASE(format) \
    case format: \
        if (NICE_HAS(format)) \
            nice_store_pixels(format, rgb, y, side, to); \
        break
    switch (format) {
        NICE_CASE(NICE_FORMAT_RGB888);
        NICE_CASE(NICE_FORMAT_BGR888);
        NICE_CASE(NICE_FORMAT_XRGB8888);
        NICE_CASE(NICE_FORMAT_RGB565_LE);
        NICE_CASE(NICE_FORMAT_RGB565_BE);
        NICE_CASE(NICE_FORMAT_BGR555_LE);
        NICE_CASE(NICE_FORMAT_DITHERED_RGB565_LE);
        NICE_CASE(NICE_FORMAT_DITHERED_RGB565_BE);
        NICE_CASE(NICE_FORMAT_DITHERED_BGR555_LE);
    default:
        break;
    }
#undef NICE_CASE
}

/* Writes the pixels of a word of luma. */
NICE_INLINE void nice_write_word(nice_format format, const struct nice_ycc *block, unsigned y, unsigned side,
                                 struct nice_differences differences, uint8_t *to)
{
    struct nice_rgb rgb = nice_samples(block, y * NICE_LINE_WORDS + side, differences);

    if (NICE_DSP)
        nice_store_pixels(format, nice_clamped_rgb(rgb), y, side, to);
    else if (NICE_SELDOM(((rgb.even_red | rgb.even_green | rgb.even_blue | rgb.odd_red | rgb.odd_green | rgb.odd_blue) &
                          NICE_ODD_BYTES) != 0))
        nice_store_clamped(format, block, y, side, to);
    else
        nice_store_pixels(format, rgb, y, side, to);
}

/* Writes the pixels of a block to 8 lines. */
NICE_INLINE void nice_write_block(nice_format format, const struct nice_ycc *block, uint8_t *lines, size_t stride)
{
    const unsigned word_bytes = NICE_WORD_BYTES * nice_pixel_bytes(format);
    unsigned y, side;

    /* Two lines share their chroma. */
    for (y = 0; y < 8; y += 2, lines += 2 * stride) {
        NICE_UNROLL
        for (side = 0; side < NICE_LINE_WORDS; side++) {
            uint8_t *to = lines + side * word_bytes;
            struct nice_differences differences = nice_color_differences(block, y / 2 * NICE_LINE_WORDS + side);
            nice_write_word(format, block, y, side, differences, to);
            nice_write_word(format, block, y + 1, side, differences, to + stride);
        }
    }
}

/* A function that writes the pixels of a block in a format to 8 lines. */
typedef void nice_writer(const struct nice_ycc *block, uint8_t *lines, size_t stride);

#define NICE_WRITER(name, format) \
    NICE_OUTLINE void name(const struct nice_ycc *block, uint8_t *lines, size_t stride) \
    { \
        nice_write_block(format, block, lines, stride); \
    }
NICE_WRITER(nice_write_rgb888, NICE_FORMAT_RGB888)
NICE_WRITER(nice_write_bgr888, NICE_FORMAT_BGR888)
NICE_WRITER(nice_write_xrgb8888, NICE_FORMAT_XRGB8888)
NICE_WRITER(nice_write_rgb565_le, NICE_FORMAT_RGB565_LE)
NICE_WRITER(nice_write_rgb565_be, NICE_FORMAT_RGB565_BE)
NICE_WRITER(nice_write_bgr555_le, NICE_FORMAT_BGR555_LE)
NICE_WRITER(nice_write_dithered_rgb565_le, NICE_FORMAT_DITHERED_RGB565_LE)
NICE_WRITER(nice_write_dithered_rgb565_be, NICE_FORMAT_DITHERED_RGB565_BE)
NICE_WRITER(nice_write_dithered_bgr555_le, NICE_FORMAT_DITHERED_BGR555_LE)

/* The function for a format that there is. */
NICE_INLINE nice_writer *nice_writer_of(nice_format format)
{
    if (NICE_HAS(NICE_FORMAT_BGR888) && format == NICE_FORMAT_BGR888)
        return nice_write_bgr888;
    if (NICE_HAS(NICE_FORMAT_XRGB8888) && format == NICE_FORMAT_XRGB8888)
        return nice_write_xrgb8888;
    if (NICE_HAS(NICE_FORMAT_RGB565_LE) && format == NICE_FORMAT_RGB565_LE)
        return nice_write_rgb565_le;
    if (NICE_HAS(NICE_FORMAT_RGB565_BE) && format == NICE_FORMAT_RGB565_BE)
        return nice_write_rgb565_be;
    if (NICE_HAS(NICE_FORMAT_BGR555_LE) && format == NICE_FORMAT_BGR555_LE)
        return nice_write_bgr555_le;
    if (NICE_HAS(NICE_FORMAT_DITHERED_RGB565_LE) && format == NICE_FORMAT_DITHERED_RGB565_LE)
        return nice_write_dithered_rgb565_le;
    if (NICE_HAS(NICE_FORMAT_DITHERED_RGB565_BE) && format == NICE_FORMAT_DITHERED_RGB565_BE)
        return nice_write_dithered_rgb565_be;
    if (NICE_HAS(NICE_FORMAT_DITHERED_BGR555_LE) && format == NICE_FORMAT_DITHERED_BGR555_LE)
        return nice_write_dithered_bgr555_le;
    return NICE_HAS(NICE_FORMAT_RGB888) ? nice_write_rgb888 : NULL;
}

/* Levels of gray in the lanes of a word: up to 15, 3 or 1, the nearest or dithered. */
NICE_INLINE nice_word nice_gray_levels(nice_word samples, unsigned bits, int dithered, nice_word thresholds)
{
    const unsigned max = (1u << bits) - 1;
    nice_word n = samples * max;

    if (dithered) {
        n += thresholds;
        return (n + NICE_LANE_ONES + (n >> 8 & NICE_EVEN_BYTES)) >> 8 & NICE_EVEN_BYTES; /* n div 255 */
    }
    return (n + (128 + max / 2) * NICE_LANE_ONES) >> 8 & NICE_EVEN_BYTES;
}

/* nice_write_gray() in a format with some bits. */
NICE_INLINE void nice_write_gray_of(const struct nice_ycc *block, uint32_t peak_sum, unsigned bits, int least_first, int dithered,
                                    uint8_t *lines, size_t stride)
{
    /* By how much luma is too large, as in nice_set_gain(). */
    const int32_t start = (64 - (int32_t)(block->gain * peak_sum)) >> 1;
    const nice_word offset = nice_splat((uint32_t)-(start >> 6));
    const nice_word mask = ((nice_word)1 << 2 * bits) - 1;
    unsigned y, side, lane, i;

    for (y = 0; y < 8; y++, lines += stride) {
        uint32_t pixels = 0;
        for (side = 0; side < NICE_LINE_WORDS; side++) {
            const unsigned word = y * NICE_LINE_WORDS + side;
            const nice_word base = block->base[word], sums = block->sums[word];
            nice_word even = nice_add_even_bytes(nice_residual(block, nice_even_bytes(sums), 0), base);
            nice_word odd = nice_add_odd_bytes(nice_residual(block, nice_odd_bytes(sums), 0), base);
            nice_word pairs;
            even = nice_clamp_lanes(nice_sub_lanes(even, offset));
            odd = nice_clamp_lanes(nice_sub_lanes(odd, offset));
            if (bits == 8) {
                nice_store(lines + side * NICE_WORD_BYTES, even | odd << 8);
                continue;
            }
            even = nice_gray_levels(even, bits, dithered, nice_thresholds[y][side][0]);
            odd = nice_gray_levels(odd, bits, dithered, nice_thresholds[y][side][1]);
            pairs = least_first ? even | odd << bits : even << bits | odd;
            for (lane = 0; lane < NICE_LANES; lane++) {
                const uint32_t pair = (uint32_t)(pairs >> 16 * lane & mask);
                if (least_first)
                    pixels |= pair << 2 * bits * (side * NICE_LANES + lane);
                else
                    pixels = pixels << 2 * bits | pair;
            }
        }
        for (i = 0; i < bits && bits < 8; i++)
            lines[least_first ? i : bits - 1 - i] = (uint8_t)(pixels >> 8 * i & 0xFFu);
    }
}

/* Writes the pixels of a block in a format of gray, given the sum of the peaks of its stages, to 8 lines. */
NICE_OUTLINE void nice_write_gray(nice_format format, const struct nice_ycc *block, uint32_t peak_sum, uint8_t *lines,
                                  size_t stride)
{
    const int least_first = nice_is_least_first(format), dithered = format >= NICE_FORMAT_DITHERED_GRAY4_MSB;

    switch (nice_gray_bits(format)) {
    case 8:
        nice_write_gray_of(block, peak_sum, 8, 0, 0, lines, stride);
        break;
    case 4:
        nice_write_gray_of(block, peak_sum, 4, least_first, dithered, lines, stride);
        break;
    case 2:
        nice_write_gray_of(block, peak_sum, 2, least_first, dithered, lines, stride);
        break;
    default:
        nice_write_gray_of(block, peak_sum, 1, least_first, dithered, lines, stride);
    }
}

#ifndef NICE_NO_REDUCED

/* nice_reduce_ycc() at a scale. */
NICE_INLINE void nice_reduce_ycc_by(const struct nice_ycc *block, uint32_t peak_sum, unsigned scale, int gray, uint8_t *rgb)
{
    const unsigned n = 1u << scale, side = 8u >> scale;
    const unsigned planes = gray ? 1 : 3;
    unsigned x, y, word, source, i, plane;

    for (y = 0; y < side; y++) {
        /* Sums of lines, two columns in each lane: of the base codeword and of the residual codewords, in each plane. */
        nice_word sums[2][3][NICE_LINE_WORDS];
        for (source = 0; source < 2; source++)
            for (word = 0; word < NICE_LINE_WORDS; word++) {
                const nice_word *from = (source == 0 ? block->base : block->sums) + n * y * NICE_LINE_WORDS + word;
                nice_word luma = 0, chroma1 = 0, chroma2 = 0;
                NICE_UNROLL
                for (i = 0; i < n; i++)
                    luma += nice_even_bytes(from[i * NICE_LINE_WORDS]) + nice_odd_bytes(from[i * NICE_LINE_WORDS]);
                from += NICE_LUMA_WORDS - n / 2 * y * NICE_LINE_WORDS;
                NICE_UNROLL
                for (i = 0; i < n / 2; i++) {
                    chroma1 += nice_even_bytes(from[i * NICE_LINE_WORDS]);
                    chroma2 += nice_odd_bytes(from[i * NICE_LINE_WORDS]);
                }
                sums[source][0][word] = luma;
                sums[source][1][word] = chroma1;
                sums[source][2][word] = chroma2;
            }
        NICE_UNROLL
        for (x = 0; x < side; x++, rgb += 3) {
            int32_t means[3] = { 0, 0, 0 };
            NICE_UNROLL
            for (plane = 0; plane < planes; plane++) {
                const unsigned shift = 6 + plane, log_count = 2 * scale - (plane > 0 ? 2 : 0);
                const int32_t peak = (int32_t)(block->gain * peak_sum), one = 1;
                uint32_t base = 0, sum = 0;
                NICE_UNROLL
                for (i = 0; i < n / 2; i++) {
                    unsigned lane = n / 2 * x + i, in_word = 16 * (lane % NICE_LANES);
                    base += (uint32_t)(sums[0][plane][lane / NICE_LANES] >> in_word & 0xFFFFu);
                    sum += (uint32_t)(sums[1][plane][lane / NICE_LANES] >> in_word & 0xFFFFu);
                }
                means[plane] = ((int32_t)(base << shift) + (int32_t)(block->gain * sum) +
                                (((one << shift) - peak) * (one << log_count) >> 1)) >>
                               (shift + log_count);
            }
            if (!gray) {
                means[1] -= 128;
                means[2] -= 128;
            }
            rgb[0] = nice_clamped(means[0] + means[1] - means[2]);
            rgb[1] = nice_clamped(means[0] + 2 * means[2]);
            rgb[2] = nice_clamped(means[0] - means[1] - means[2]);
        }
    }
}

/* Writes the pixels of a block at a scale, given the sum of the peaks of its stages: red, green and blue, equal to luma if only
 * gray is needed. They are the means of luma and chroma (FORMAT.md 8.1). */
NICE_OUTLINE void nice_reduce_ycc(const struct nice_ycc *block, uint32_t peak_sum, unsigned scale, int gray, uint8_t *rgb)
{
    if (NICE_SMALL)
        nice_reduce_ycc_by(block, peak_sum, scale, gray, rgb);
    else if (scale == 1)
        nice_reduce_ycc_by(block, peak_sum, 1, gray, rgb);
    else if (scale == 2)
        nice_reduce_ycc_by(block, peak_sum, 2, gray, rgb);
    else
        nice_reduce_ycc_by(block, peak_sum, 3, gray, rgb);
}

#endif

#endif

/* ------------------------------------------------------------------------------------------------------------------------------
 * 8  Network
 * ---------------------------------------------------------------------------------------------------------------------------- */

#ifndef NICE_NO_NETWORK

/* A little-endian number of 32 bits in two's complement. */
NICE_INLINE int32_t nice_get_signed(const uint8_t *from)
{
    uint32_t bits = nice_get_32(from);

    return bits < 0x80000000u ? (int32_t)bits : -(int32_t)~bits - 1;
}

/* A weight, from -127 to 127. */
NICE_INLINE int16_t nice_weight(uint8_t byte)
{
    return (int16_t)(int8_t)byte;
}

/* Scales a sum of a layer to the range of what follows. */
NICE_INLINE int32_t nice_rescale(int32_t sum, const uint8_t *multiplier, const struct nice_layer *layer)
{
    int32_t coarse = sum >> layer->pre;

    coarse = coarse < -32768 ? -32768 : coarse > 32767 ? 32767 : coarse;
    return (coarse * (int32_t)nice_get_16(multiplier) + ((int32_t)1 << (layer->post - 1))) >> layer->post;
}

/* The activation of a hidden unit, given the sum of the weights of the bits that are set. */
NICE_INLINE int16_t nice_activation(const struct nice_network *network, uint32_t unit, int32_t sum)
{
    const struct nice_layer *layer = &network->layers[0];
    int32_t value = nice_rescale(nice_get_signed(layer->biases + 4 * unit) + sum, layer->multipliers + 2 * unit, layer);

    value = value < -32767 ? -32767 : value > 32767 ? 32767 : value;
    return (int16_t)(value < 0 ? (value * (int32_t)network->slope + 32768) >> 16 : value);
}

/* Four sums of the second layer, which are computed at once, so that an activation is loaded once for all of them. */
struct nice_sums {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
};

#if NICE_DSP

/* Activations of four hidden units in the lanes in which weights are extended: of the first and third, of the second and
 * fourth. */
typedef uint32_t nice_unit;
#define NICE_UNITS (NICE_MAX_HIDDEN / 2)

/* Four weights at any address. */
NICE_INLINE uint32_t nice_four_weights(const uint8_t *from)
{
    uint32_t word;

    memcpy(&word, from, sizeof word);
    return word;
}

/* The even, and the odd, weights of four. */
NICE_INLINE uint32_t nice_even_weights(uint32_t bytes)
{
    return (uint32_t)__sxtb16((int8x4_t)bytes);
}

NICE_INLINE uint32_t nice_odd_weights(uint32_t bytes)
{
    uint32_t lanes;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(bytes));
    return lanes;
}

/* The first layer: adds up the weights of the bits that are set, four units at a time; what follows the last unit is added to
 * units that are not used. */
static void nice_activate(const struct nice_network *network, const struct nice_latent *latent, nice_unit *units)
{
    const uint8_t *weights = network->layers[0].weights;
    uint32_t hidden = network->hidden, j, lane, bit;

    memset(units, 0, NICE_UNITS * sizeof *units);
    for (bit = 0; bit < NICE_LATENT_BITS; bit++, weights += hidden) {
        if ((latent->words[bit / 32] >> bit % 32 & 1) == 0)
            continue;
        for (j = 0; j < hidden; j += 4) {
            uint32_t word = nice_four_weights(weights + j);
            units[j / 2] = (uint32_t)__sadd16((int16x2_t)units[j / 2], (int16x2_t)nice_even_weights(word));
            units[j / 2 + 1] = (uint32_t)__sadd16((int16x2_t)units[j / 2 + 1], (int16x2_t)nice_odd_weights(word));
        }
    }
    for (j = 0; j < hidden; j += 4) {
        uint32_t lanes[2] = { 0, 0 };
        for (lane = 0; lane < 4 && j + lane < hidden; lane++) {
            int32_t sum = (int16_t)(units[j / 2 + lane % 2] >> (16 * (lane / 2)));
            lanes[lane % 2] |= (uint32_t)(uint16_t)nice_activation(network, j + lane, sum) << (16 * (lane / 2));
        }
        units[j / 2] = lanes[0];
        units[j / 2 + 1] = lanes[1];
    }
}

/* Adds the products of four weights and activations. */
NICE_INLINE int32_t nice_add_products(int32_t sum, int16x2_t even, int16x2_t odd, const uint8_t *weights)
{
    uint32_t word = nice_four_weights(weights);

    sum = __smlad(even, (int16x2_t)nice_even_weights(word), sum);
    return __smlad(odd, (int16x2_t)nice_odd_weights(word), sum);
}

/* The sums of the products of all activations and the weights of four rows. The last weights may be those of what follows, which
 * are multiplied by 0. */
NICE_INLINE struct nice_sums nice_dot(const nice_unit *units, const uint8_t *weights, uint32_t hidden)
{
    struct nice_sums sums = { 0, 0, 0, 0 };
    const uint8_t *end = weights + hidden;

    for (; weights < end; weights += 4, units += 2) {
        int16x2_t even = (int16x2_t)units[0], odd = (int16x2_t)units[1];
        sums.a = nice_add_products(sums.a, even, odd, weights);
        sums.b = nice_add_products(sums.b, even, odd, weights + hidden);
        sums.c = nice_add_products(sums.c, even, odd, weights + 2 * hidden);
        sums.d = nice_add_products(sums.d, even, odd, weights + 3 * hidden);
    }
    return sums;
}

#else

typedef int16_t nice_unit;
#define NICE_UNITS NICE_MAX_HIDDEN

#if NICE_SSE2

/* Eight weights at any address, in lanes. */
NICE_INLINE __m128i nice_eight_weights(const uint8_t *from)
{
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)from);

    return _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
}

#endif

/* Adds weights to as many sums. */
NICE_INLINE void nice_add_weights(nice_unit *sums, const uint8_t *weights, uint32_t count)
{
    uint32_t j = 0;

#if NICE_SSE2
    for (; j + 8 <= count; j += 8) {
        __m128i *to = (__m128i *)(void *)(sums + j);
        _mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), nice_eight_weights(weights + j)));
    }
#endif
    for (; j < count; j++)
        sums[j] = (int16_t)(sums[j] + nice_weight(weights[j]));
}

/* The first layer and the rectifier: from a latent to the hidden units. */
static void nice_activate(const struct nice_network *network, const struct nice_latent *latent, nice_unit *units)
{
    const uint8_t *weights = network->layers[0].weights;
    uint32_t hidden = network->hidden, j, bit;

    memset(units, 0, (size_t)hidden * sizeof *units);
    for (bit = 0; bit < NICE_LATENT_BITS; bit++, weights += hidden) {
        if ((latent->words[bit / 32] >> bit % 32 & 1) != 0)
            nice_add_weights(units, weights, hidden);
    }
    for (j = 0; j < hidden; j++)
        units[j] = nice_activation(network, j, units[j]);
}

#if NICE_SSE2

/* The sum of four lanes, and of the products that are left. */
NICE_INLINE int32_t nice_finish_dot(__m128i sums, const nice_unit *units, const uint8_t *weights, uint32_t left)
{
    int32_t sum;

    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
    sum = _mm_cvtsi128_si32(_mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xB1)));
    while (left-- > 0)
        sum += (int32_t)*units++ * nice_weight(*weights++);
    return sum;
}

/* The sums of the products of all activations and the weights of four rows. */
NICE_INLINE struct nice_sums nice_dot(const nice_unit *units, const uint8_t *weights, uint32_t hidden)
{
    const uint8_t *a = weights, *b = a + hidden, *c = b + hidden, *d = c + hidden;
    __m128i sum_a = _mm_setzero_si128(), sum_b = sum_a, sum_c = sum_a, sum_d = sum_a;
    struct nice_sums sums;
    uint32_t j;

    for (j = 0; j + 8 <= hidden; j += 8) {
        __m128i eight = _mm_loadu_si128((const __m128i *)(const void *)(units + j));
        sum_a = _mm_add_epi32(sum_a, _mm_madd_epi16(eight, nice_eight_weights(a + j)));
        sum_b = _mm_add_epi32(sum_b, _mm_madd_epi16(eight, nice_eight_weights(b + j)));
        sum_c = _mm_add_epi32(sum_c, _mm_madd_epi16(eight, nice_eight_weights(c + j)));
        sum_d = _mm_add_epi32(sum_d, _mm_madd_epi16(eight, nice_eight_weights(d + j)));
    }
    sums.a = nice_finish_dot(sum_a, units + j, a + j, hidden - j);
    sums.b = nice_finish_dot(sum_b, units + j, b + j, hidden - j);
    sums.c = nice_finish_dot(sum_c, units + j, c + j, hidden - j);
    sums.d = nice_finish_dot(sum_d, units + j, d + j, hidden - j);
    return sums;
}

#elif NICE_WORD_BYTES == 8

/* The products that a compiler sees at once, so that it can use vector instructions. */
#define NICE_TERMS 32

/* The sum of the products of all activations and the weights of a row. */
NICE_INLINE int32_t nice_dot_row(const nice_unit *units, const uint8_t *weights, uint32_t hidden)
{
    int32_t sum = 0;
    uint32_t j, i;

    for (j = 0; j + NICE_TERMS <= hidden; j += NICE_TERMS)
        for (i = 0; i < NICE_TERMS; i++)
            sum += (int32_t)units[j + i] * nice_weight(weights[j + i]);
    for (; j < hidden; j++)
        sum += (int32_t)units[j] * nice_weight(weights[j]);
    return sum;
}

/* The sums of the products of all activations and the weights of four rows. */
NICE_INLINE struct nice_sums nice_dot(const nice_unit *units, const uint8_t *weights, uint32_t hidden)
{
    struct nice_sums sums;

    sums.a = nice_dot_row(units, weights, hidden);
    sums.b = nice_dot_row(units, weights + hidden, hidden);
    sums.c = nice_dot_row(units, weights + 2 * hidden, hidden);
    sums.d = nice_dot_row(units, weights + 3 * hidden, hidden);
    return sums;
}

#else

/* The sums of the products of all activations and the weights of four rows. */
NICE_INLINE struct nice_sums nice_dot(const nice_unit *units, const uint8_t *weights, uint32_t hidden)
{
    const uint8_t *a = weights, *b = a + hidden, *c = b + hidden, *d = c + hidden;
    struct nice_sums sums = { 0, 0, 0, 0 };
    uint32_t j;

    for (j = 0; j < hidden; j++) {
        int32_t unit = units[j];
        sums.a += unit * nice_weight(a[j]);
        sums.b += unit * nice_weight(b[j]);
        sums.c += unit * nice_weight(c[j]);
        sums.d += unit * nice_weight(d[j]);
    }
    return sums;
}

#endif

#endif

/* The sample with a number, given the sum of its products. */
NICE_INLINE uint8_t nice_network_sample(const struct nice_layer *layer, unsigned k, int32_t sum)
{
    return nice_clamped(nice_rescale(nice_get_signed(layer->biases + 4 * k) + sum, layer->multipliers + 2 * k, layer));
}

/* Decodes a block to red, green and blue. */
NICE_OUTLINE void nice_network_block(const struct nice_network *network, const struct nice_latent *latent, uint8_t *block)
{
    nice_unit units[NICE_UNITS];
    const struct nice_layer *layer = &network->layers[1];
    const uint8_t *weights = layer->weights;
    unsigned k;

    nice_activate(network, latent, units);
    for (k = 0; k < 192; k += 4, weights += 4 * (uint32_t)network->hidden) {
        struct nice_sums sums = nice_dot(units, weights, network->hidden);
        block[k] = nice_network_sample(layer, k, sums.a);
        block[k + 1] = nice_network_sample(layer, k + 1, sums.b);
        block[k + 2] = nice_network_sample(layer, k + 2, sums.c);
        block[k + 3] = nice_network_sample(layer, k + 3, sums.d);
    }
}

#endif

/* ------------------------------------------------------------------------------------------------------------------------------
 * 9  Blocks, texels, rows and regions
 * ---------------------------------------------------------------------------------------------------------------------------- */

nice_status nice_decode_block(const nice_image *image, uint32_t index, uint8_t *block)
{
    struct nice_latents latents;
    struct nice_latent latent;
    nice_status status = block != NULL ? nice_require_open(image) : NICE_STATUS_ARGUMENT;

    if (status == NICE_STATUS_OK && !NICE_HAS(NICE_FORMAT_RGB888))
        status = NICE_STATUS_FORMAT;
    if (status == NICE_STATUS_OK && index >= image->blocks)
        status = NICE_STATUS_OUT_OF_BOUNDS;
    if (status == NICE_STATUS_OK)
        status = nice_latents_at(&latents, image, index);
    if (status == NICE_STATUS_OK)
        status = nice_next_latent(&latents, &latent);
    if (status != NICE_STATUS_OK)
        return status;
#ifndef NICE_NO_CODEBOOK
    if (image->model.kind == NICE_CODEBOOK) {
        struct nice_ycc ycc;
        nice_codebook_block(&image->model.tables.codebook, &latent, &ycc);
        if (NICE_UNALIGNED || (uintptr_t)block % NICE_WORD_BYTES == 0) {
            nice_write_rgb888(&ycc, block, 24);
        } else {
            nice_word pixels[192 / NICE_WORD_BYTES];
            nice_write_rgb888(&ycc, (uint8_t *)pixels, 24);
            memcpy(block, pixels, sizeof pixels);
        }
        return NICE_STATUS_OK;
    }
#endif
#ifndef NICE_NO_NETWORK
    nice_network_block(&image->model.tables.network, &latent, block);
#endif
    return NICE_STATUS_OK;
}

#ifndef NICE_NO_NETWORK

/* A pixel of a block of a network. */
NICE_OUTLINE void nice_network_texel(const struct nice_network *network, const struct nice_latent *latent, unsigned x, unsigned y,
                                     uint8_t *rgb)
{
    uint8_t block[192];

    nice_network_block(network, latent, block);
    memcpy(rgb, block + 24 * y + 3 * x, 3);
}

#endif

#if !defined(NICE_NO_REDUCED) || !defined(NICE_NO_TURNED)

#ifndef NICE_NO_NETWORK

/* Decodes a block of a network to pixels at a scale, in an orientation: the means of squares of red, green and blue. */
NICE_OUTLINE void nice_network_pixels(const struct nice_network *network, const struct nice_latent *latent, unsigned scale,
                                      unsigned turn, uint8_t *rgb)
{
    const unsigned side = 8u >> scale, n = 1u << scale;
    uint8_t block[192];
    unsigned x, y, i, channel;

    nice_network_block(network, latent, block);
    for (y = 0; y < side; y++)
        for (x = 0; x < side; x++, rgb += 3) {
            unsigned column = turn & NICE_TURN_TRANSPOSED ? y : x, line = turn & NICE_TURN_TRANSPOSED ? x : y;
            if (turn & NICE_TURN_HORIZONTALLY)
                column = side - 1 - column;
            if (turn & NICE_TURN_VERTICALLY)
                line = side - 1 - line;
            for (channel = 0; channel < 3; channel++) {
                const uint8_t *from = block + 24 * n * line + 3 * n * column + channel;
                unsigned sum = n * n / 2;
                for (i = 0; i < n * n; i++)
                    sum += from[24 * (i >> scale) + 3 * (i & (n - 1))];
                rgb[channel] = (uint8_t)(sum >> (2 * scale));
            }
        }
}

#endif

/* Decodes a block to pixels at a scale, in an orientation: red, green and blue, equal to luma if only gray is needed. With a
 * codebook, the scale is not the full one. */
static void nice_block_pixels(const nice_image *image, const struct nice_latent *latent, unsigned turn, int gray, uint8_t *rgb)
{
    const unsigned scale = nice_scale_of(image);

    (void)latent, (void)turn, (void)gray, (void)rgb, (void)scale;
#if !defined(NICE_NO_CODEBOOK) && !defined(NICE_NO_REDUCED)
    if (image->model.kind == NICE_CODEBOOK) {
        struct nice_ycc ycc;
        uint32_t peak_sum =
            nice_codebook_block_turned(&image->model.tables.codebook, latent, scale == 3 ? (unsigned)NICE_ANY_TURN : turn, &ycc);
        nice_reduce_ycc(&ycc, peak_sum, scale, gray, rgb);
        return;
    }
#endif
#ifndef NICE_NO_NETWORK
    nice_network_pixels(&image->model.tables.network, latent, scale, turn, rgb);
#endif
}

/* nice_texel() of a picture that is reduced or turned. */
NICE_OUTLINE nice_status nice_texel_of_picture(const nice_image *image, uint32_t x, uint32_t y, uint8_t *rgb)
{
    const nice_region picture = nice_image_region(image);
    const unsigned side_shift = 3 - nice_scale_of(image);
    struct nice_latents latents;
    struct nice_latent latent;
    uint8_t pixels[192];
    nice_status status;

    if (x >= picture.width || y >= picture.height)
        return NICE_STATUS_OUT_OF_BOUNDS;
    nice_exchange(image, &x, &y);
    if (nice_turn_of(image) & NICE_TURN_HORIZONTALLY)
        x = nice_reduced(image, image->width) - 1 - x;
    if (nice_turn_of(image) & NICE_TURN_VERTICALLY)
        y = nice_reduced(image, image->height) - 1 - y;
    if (side_shift == 3) {
        nice_image upright = *image;
        upright.orientation = 0;
        return nice_texel(&upright, x, y, rgb);
    }
    status = nice_latents_at(&latents, image, (y >> side_shift) * nice_blocks_across(image->width) + (x >> side_shift));
    if (status == NICE_STATUS_OK)
        status = nice_next_latent(&latents, &latent);
    if (status == NICE_STATUS_OK) {
        unsigned column = (unsigned)x & ((1u << side_shift) - 1), line = (unsigned)y & ((1u << side_shift) - 1);
        nice_block_pixels(image, &latent, 0, 0, pixels);
        memcpy(rgb, pixels + 3 * ((line << side_shift) + column), 3);
    }
    return status;
}

#endif

nice_status nice_texel(const nice_image *image, uint32_t x, uint32_t y, uint8_t *rgb)
{
    struct nice_latents latents;
    struct nice_latent latent;
    nice_status status = rgb != NULL ? nice_require_open(image) : NICE_STATUS_ARGUMENT;

#if !defined(NICE_NO_REDUCED) || !defined(NICE_NO_TURNED)
    if (status == NICE_STATUS_OK && nice_is_transformed(image))
        return nice_texel_of_picture(image, x, y, rgb);
#endif
    if (status == NICE_STATUS_OK && (x >= image->width || y >= image->height))
        status = NICE_STATUS_OUT_OF_BOUNDS;
    if (status == NICE_STATUS_OK)
        status = nice_latents_at(&latents, image, y / 8 * nice_blocks_across(image->width) + x / 8);
    if (status == NICE_STATUS_OK)
        status = nice_next_latent(&latents, &latent);
    if (status != NICE_STATUS_OK)
        return status;
#ifndef NICE_NO_CODEBOOK
    if (image->model.kind == NICE_CODEBOOK) {
        nice_codebook_texel(&image->model.tables.codebook, &latent, x % 8, y % 8, rgb);
        return NICE_STATUS_OK;
    }
#endif
#ifndef NICE_NO_NETWORK
    nice_network_texel(&image->model.tables.network, &latent, x % 8, y % 8, rgb);
#endif
    return NICE_STATUS_OK;
}

/* nice_next_strip(), given the lines of a strip, a power of two, and how many of them are before line 0. */
static int nice_take_strip(nice_region *rest, nice_region *strip, uint32_t lines, uint32_t before)
{
    uint32_t height;

    if (rest->width == 0 || rest->height == 0)
        return 0;
    height = nice_min(lines - ((rest->y + before) & (lines - 1)), rest->height);
    rest->height -= height;
    /* `strip` may be the same as `rest`: what is left of it does not matter then. */
    {
        nice_region next = *rest;
        rest->y = rest->y > 0xFFFFFFFFu - height ? 0xFFFFFFFFu : rest->y + height;
        next.height = height;
        *strip = next;
    }
    return 1;
}

int nice_next_strip(const nice_image *image, nice_region *rest, nice_region *strip)
{
    uint32_t columns = 0, lines = 0;

    if (rest == NULL || strip == NULL || nice_require_open(image) != NICE_STATUS_OK)
        return 0;
    if (nice_turn_of(image) != 0)
        nice_margins(image, &columns, &lines);
    return nice_take_strip(rest, strip, 8u >> nice_scale_of(image), lines);
}

/* Whether a region is within another one. An empty one may lie on its right or lower edge. */
static int nice_contains(const nice_region *bounds, const nice_region *region)
{
    uint32_t left = region->x - bounds->x, above = region->y - bounds->y;

    return region->x >= bounds->x && left <= bounds->width && region->width <= bounds->width - left && region->y >= bounds->y &&
           above <= bounds->height && region->height <= bounds->height - above;
}

/* Checks what regions are decoded with. */
static nice_status nice_check_output(const nice_region *bounds, const nice_region *region, nice_format format, const uint8_t *lines,
                                     size_t length, size_t stride)
{
    size_t line;

    if (lines == NULL || length > SIZE_MAX / 2)
        return NICE_STATUS_ARGUMENT;
    if (!nice_is_format(format))
        return NICE_STATUS_FORMAT;
    if (!nice_contains(bounds, region))
        return NICE_STATUS_OUT_OF_BOUNDS;
    line = nice_bytes_of_line(format, region->width);
    if (stride < line)
        return NICE_STATUS_STRIDE;
    if (region->width == 0 || region->height == 0)
        return NICE_STATUS_OK;
    if (length < line || (length - line) / stride < region->height - 1)
        return NICE_STATUS_BUFFER;
    return NICE_STATUS_OK;
}

/* Where the part of a block that is in a strip is: its first column in the block and their number, and the first pixel of it in the
 * lines of the strip. */
struct nice_part {
    unsigned from;
    unsigned count;
    uint32_t at;
};

/* The part of a block that has 1 << `side_shift` columns. */
NICE_INLINE struct nice_part nice_part_of(const nice_region *strip, uint32_t column, unsigned side_shift)
{
    uint32_t left = column << side_shift;
    struct nice_part part;

    part.from = left < strip->x ? (unsigned)(strip->x - left) : 0;
    part.count = (unsigned)nice_min((1u << side_shift) - part.from, strip->x + strip->width - left - part.from);
    part.at = left + part.from - strip->x;
    return part;
}

#ifndef NICE_NO_CODEBOOK

/* Writes the part of a block that is in a strip, by way of the whole block. */
NICE_OUTLINE void nice_write_part(const struct nice_ycc *block, nice_writer *write, const nice_region *strip, uint32_t column,
                                  unsigned bytes, uint8_t *lines, size_t stride)
{
    nice_word pixels[64 * 4 / NICE_WORD_BYTES];
    struct nice_part part = nice_part_of(strip, column, 3);
    const uint8_t *from = (const uint8_t *)pixels + (8 * (strip->y % 8) + part.from) * bytes;
    uint32_t y;

    write(block, (uint8_t *)pixels, 8 * bytes);
    lines += (size_t)part.at * bytes;
    for (y = 0; y < strip->height; y++, lines += stride, from += 8 * bytes)
        memcpy(lines, from, part.count * bytes);
}

/* Whether complete blocks can be written where they belong in the lines of a strip. */
NICE_INLINE int nice_is_direct(const nice_region *strip, const uint8_t *lines, size_t stride)
{
    return strip->height == 8 && (NICE_UNALIGNED || ((uintptr_t)lines | stride) % NICE_WORD_BYTES == 0);
}

/* Writes what is in a strip of a block, which ends before the column `right`. */
NICE_INLINE void nice_write_in_strip(const struct nice_ycc *block, nice_writer *write, const nice_region *strip, uint32_t right,
                                     uint32_t column, unsigned bytes, int direct, uint8_t *lines, size_t stride)
{
    size_t at = (size_t)(8 * column - strip->x) * bytes;

    if (direct && 8 * column >= strip->x && right - 8 * column >= 8 && (NICE_UNALIGNED || at % NICE_WORD_BYTES == 0))
        write(block, lines + at, stride);
    else
        nice_write_part(block, write, strip, column, bytes, lines, stride);
}

/* Decodes a strip with a codebook. */
NICE_OUTLINE nice_status nice_codebook_strip(const nice_image *image, const nice_region *strip, nice_format format,
                                             struct nice_latents *latents, uint8_t *lines, size_t stride)
{
    const unsigned bytes = nice_pixel_bytes(format);
    nice_writer *const write = nice_writer_of(format);
    const uint32_t right = strip->x + strip->width;
    uint32_t column = strip->x / 8, end = nice_blocks_across(right);
    const int direct = nice_is_direct(strip, lines, stride);
    struct nice_ycc block;

    for (; column < end; column++) {
        struct nice_latent latent;
        nice_status status = nice_next_latent(latents, &latent);
        if (NICE_SELDOM(status != NICE_STATUS_OK))
            return status;
        nice_codebook_block(&image->model.tables.codebook, &latent, &block);
        nice_write_in_strip(&block, write, strip, right, column, bytes, direct, lines, stride);
    }
    return NICE_STATUS_OK;
}

#endif

#ifndef NICE_NO_NETWORK

/* Decodes a strip with a network. */
NICE_OUTLINE nice_status nice_network_strip(const nice_image *image, const nice_region *strip, nice_format format,
                                            struct nice_latents *latents, uint8_t *lines, size_t stride)
{
    uint32_t column = strip->x / 8, end = nice_blocks_across(strip->x + strip->width), y;
    uint8_t block[192];

    for (; column < end; column++) {
        struct nice_part part = nice_part_of(strip, column, 3);
        struct nice_latent latent;
        nice_status status = nice_next_latent(latents, &latent);
        if (status != NICE_STATUS_OK)
            return status;
        nice_network_block(&image->model.tables.network, &latent, block);
        for (y = 0; y < strip->height; y++) {
            unsigned line = (unsigned)((strip->y + y) % 8);
            nice_convert(format, block + 24 * line + 3 * part.from, part.from, line, part.count, lines + (size_t)y * stride,
                         (size_t)part.at);
        }
    }
    return NICE_STATUS_OK;
}

#endif

#ifndef NICE_NO_CODEBOOK

/* Writes the part of a block that is in a strip, in gray. */
NICE_OUTLINE void nice_write_gray_part(const struct nice_ycc *block, uint32_t peak_sum, nice_format format,
                                       const nice_region *strip, uint32_t column, uint8_t *lines, size_t stride)
{
    const struct nice_part part = nice_part_of(strip, column, 3);
    nice_word gray[NICE_LUMA_WORDS];
    uint32_t y;

    if (part.count == 8 && part.at % 8 == 0 && strip->height == 8) {
        lines += (size_t)(part.at / 8) * nice_gray_bits(format);
        if (format != NICE_FORMAT_GRAY8 || NICE_UNALIGNED || ((uintptr_t)lines | stride) % NICE_WORD_BYTES == 0) {
            nice_write_gray(format, block, peak_sum, lines, stride);
            return;
        }
        lines -= (size_t)(part.at / 8) * 8;
    }
    nice_write_gray(NICE_FORMAT_GRAY8, block, peak_sum, (uint8_t *)gray, 8);
    for (y = 0; y < strip->height; y++, lines += stride) {
        unsigned line = (unsigned)((strip->y + y) % 8);
        nice_convert_gray(format, (const uint8_t *)gray + 8 * line + part.from, part.from, line, part.count, lines,
                          (size_t)part.at);
    }
}

/* Decodes a block with a codebook and writes the part of it that is in a strip, in an orientation. */
NICE_OUTLINE void nice_codebook_part(const nice_image *image, const struct nice_latent *latent, nice_format format,
                                     const nice_region *strip, uint32_t column, uint8_t *lines, size_t stride)
{
    struct nice_ycc block;
    const struct nice_codebook *const codebook = &image->model.tables.codebook;

    if (nice_is_gray(format)) {
        uint32_t peak_sum = nice_codebook_block_luma(codebook, latent, nice_turn_of(image), &block);
        nice_write_gray_part(&block, peak_sum, format, strip, column, lines, stride);
    } else {
        (void)nice_codebook_block_turned(codebook, latent, nice_turn_of(image), &block);
        nice_write_in_strip(&block, nice_writer_of(format), strip, strip->x + strip->width, column, nice_pixel_bytes(format),
                            nice_is_direct(strip, lines, stride), lines, stride);
    }
}

#endif

#if !defined(NICE_NO_REDUCED) || !defined(NICE_NO_TURNED)

/* Decodes a block to pixels and writes the part of it that is in a strip. */
NICE_OUTLINE void nice_pixels_part(const nice_image *image, const struct nice_latent *latent, nice_format format,
                                   const nice_region *strip, uint32_t column, uint8_t *lines, size_t stride)
{
    const unsigned side_shift = 3 - nice_scale_of(image);
    const struct nice_part part = nice_part_of(strip, column, side_shift);
    const unsigned x = (unsigned)((strip->x + part.at) % 8);
    uint8_t pixels[192];
    uint32_t y;

    nice_block_pixels(image, latent, nice_turn_of(image), nice_is_gray(format), pixels);
    for (y = 0; y < strip->height; y++, lines += stride) {
        unsigned line = (unsigned)((strip->y + y) % 8), in_block = line & ((1u << side_shift) - 1);
        nice_convert(format, pixels + 3 * ((in_block << side_shift) + part.from), x, line, part.count, lines, (size_t)part.at);
    }
}

#endif

/* Decodes a strip of any picture in any format, one block after the other, wherever they are in the file. */
NICE_OUTLINE nice_status nice_picture_strip(const nice_image *image, const nice_region *strip, nice_format format, uint8_t *lines,
                                            size_t stride)
{
    const unsigned side_shift = 3 - nice_scale_of(image);
    /* The last column, since the one after it can be 2^32. */
    uint32_t column = strip->x >> side_shift, last = (strip->x + (strip->width - 1)) >> side_shift;
    uint32_t block = nice_block_at(image, column, strip->y >> side_shift), next = block;
    struct nice_latents latents;
    struct nice_latent latent;
    nice_status status = nice_latents_at(&latents, image, block);

    (void)format, (void)lines, (void)stride;
    for (; status == NICE_STATUS_OK; next = block + 1, column++, block = nice_block_at(image, column, strip->y >> side_shift)) {
        if (block != next)
            status = nice_seek(&latents, block);
        if (status == NICE_STATUS_OK)
            status = nice_next_latent(&latents, &latent);
        if (status != NICE_STATUS_OK)
            break;
#ifndef NICE_NO_CODEBOOK
        if (image->model.kind == NICE_CODEBOOK && side_shift == 3)
            nice_codebook_part(image, &latent, format, strip, column, lines, stride);
#endif
#if !defined(NICE_NO_REDUCED) || !defined(NICE_NO_TURNED)
        if (image->model.kind == NICE_NETWORK || side_shift < 3)
            nice_pixels_part(image, &latent, format, strip, column, lines, stride);
#endif
        if (column == last)
            break;
    }
    return status;
}

/* Decodes a region within the image to lines that are long enough. */
static nice_status nice_decode_strips(const nice_image *image, nice_region region, nice_format format, uint8_t *lines,
                                      size_t stride)
{
    const int any_picture = nice_is_transformed(image) || (image->model.kind == NICE_CODEBOOK && nice_is_gray(format));
    nice_status status = NICE_STATUS_OK;
    nice_region strip;

    region = nice_in_blocks(image, region);
    while (status == NICE_STATUS_OK && nice_take_strip(&region, &strip, 8u >> nice_scale_of(image), 0)) {
        struct nice_latents latents;
        if (any_picture) {
            status = nice_picture_strip(image, &strip, format, lines, stride);
        } else {
            status = nice_latents_at(&latents, image, strip.y / 8 * nice_blocks_across(image->width) + strip.x / 8);
            if (status != NICE_STATUS_OK)
                break;
#ifndef NICE_NO_CODEBOOK
            if (image->model.kind == NICE_CODEBOOK)
                status = nice_codebook_strip(image, &strip, format, &latents, lines, stride);
#endif
#ifndef NICE_NO_NETWORK
            if (image->model.kind == NICE_NETWORK)
                status = nice_network_strip(image, &strip, format, &latents, lines, stride);
#endif
        }
        lines += (region.height > 0 ? (size_t)strip.height : 0) * stride;
    }
    return status;
}

nice_status nice_decode_region(const nice_image *image, nice_region region, nice_format format, uint8_t *lines, size_t length,
                               size_t stride)
{
    nice_region bounds = nice_image_region(image);
    nice_status status = nice_require_open(image);

    if (status == NICE_STATUS_OK)
        status = nice_check_output(&bounds, &region, format, lines, length, stride);
    return status == NICE_STATUS_OK ? nice_decode_strips(image, region, format, lines, stride) : status;
}

nice_status nice_decode_row(const nice_image *image, uint32_t row, nice_format format, uint8_t *lines, size_t length,
                            size_t stride)
{
    nice_region bounds = nice_image_region(image), region = bounds;
    nice_status status = nice_require_open(image);
    uint32_t side, columns, rows, before = 0;

    if (status != NICE_STATUS_OK)
        return status;
    side = 8u >> nice_scale_of(image);
    nice_picture_blocks(image, &columns, &rows);
    if (nice_turn_of(image) != 0)
        nice_margins(image, &columns, &before);
    /* The first row may begin above the picture. A row that there is not is out of bounds. */
    region.y = row * side;
    if (region.y < before) {
        side -= before - region.y;
        region.y = before;
    }
    region.y -= before;
    if (row >= rows)
        region.y = 0xFFFFFFFFu;
    else
        region.height = nice_min(side, region.height - region.y);
    status = nice_check_output(&bounds, &region, format, lines, length, stride);
    return status == NICE_STATUS_OK ? nice_decode_strips(image, region, format, lines, stride) : status;
}

/* ------------------------------------------------------------------------------------------------------------------------------
 * 10  Deblocking
 * ---------------------------------------------------------------------------------------------------------------------------- */

#ifndef NICE_NO_DEBLOCK

/* The columns of blocks that hold the pixels of a region and those beside them: the first, and their number. */
static uint32_t nice_kept_columns(const nice_image *image, const nice_region *region, uint32_t *first)
{
    const nice_region blocks = nice_in_blocks(image, *region);
    uint32_t right = blocks.width > 0xFFFFFFFFu - blocks.x ? 0xFFFFFFFFu : blocks.x + blocks.width, end, columns, rows;

    *first = blocks.x > 0 ? (blocks.x - 1) / 8 : 0;
    if (blocks.width == 0)
        return 0;
    nice_picture_blocks(image, &columns, &rows);
    end = nice_min(nice_blocks_across(right < 0xFFFFFFFFu ? right + 1 : right), columns);
    return end > *first ? end - *first : 0;
}

size_t nice_deblock_bytes(const nice_image *image, nice_region region)
{
    uint32_t first, count;

    if (nice_require_open(image) != NICE_STATUS_OK)
        return 0;
    /* Two rows of blocks. */
    count = nice_kept_columns(image, &region, &first);
#if SIZE_MAX <= 0xFFFFFFFFu
    if (count > SIZE_MAX / 384)
        return SIZE_MAX;
#endif
    return (size_t)count * 384;
}

nice_status nice_deblocker_open(nice_deblocker *deblocker, const nice_image *image, nice_region region, uint8_t *memory,
                                size_t length)
{
    nice_region bounds = nice_image_region(image);
    nice_status status;
    size_t needed;

    if (deblocker == NULL)
        return NICE_STATUS_ARGUMENT;
    memset(deblocker, 0, sizeof *deblocker);
    status = nice_require_open(image);
    if (status != NICE_STATUS_OK)
        return status;
    if (memory == NULL || length > SIZE_MAX / 2)
        return NICE_STATUS_ARGUMENT;
    if (!nice_contains(&bounds, &region))
        return NICE_STATUS_OUT_OF_BOUNDS;
    needed = nice_deblock_bytes(image, region);
    if (length < needed)
        return NICE_STATUS_BUFFER;
    deblocker->image = *image;
    deblocker->bounds = region;
    deblocker->memory = memory;
    deblocker->row_bytes = needed / 2;
    deblocker->open = 1;
    return NICE_STATUS_OK;
}

#if NICE_WORD_BYTES == 8

/* The samples that are filtered at once: as many as compilers use vector instructions for. Every number fits into 16 bits, and
 * there are no branches. */
#define NICE_EDGE 32

/* Filters NICE_EDGE samples across an edge: those beside it are changed, and depend also on those beyond them. */
NICE_INLINE void nice_filter(const struct nice_codebook *codebook, const uint8_t *far_before, uint8_t *before, uint8_t *after,
                             const uint8_t *far_after)
{
    const int16_t limit = codebook->limit;
    int16_t strengths[NICE_EDGE], activities[NICE_EDGE];
    unsigned i, class_;

    for (i = 0; i < NICE_EDGE; i++) {
        int16_t first = (int16_t)(before[i] - far_before[i]), second = (int16_t)(far_after[i] - after[i]);
        first = (int16_t)(first < 0 ? -first : first);
        second = (int16_t)(second < 0 ? -second : second);
        activities[i] = (int16_t)(first + second);
        strengths[i] = codebook->strengths[0];
    }
    for (class_ = 0; class_ < codebook->threshold_count; class_++) {
        const int16_t threshold = codebook->thresholds[class_];
        const int16_t change = (int16_t)(codebook->strengths[class_ + 1] - codebook->strengths[class_]);
        for (i = 0; i < NICE_EDGE; i++)
            strengths[i] = (int16_t)(strengths[i] + (activities[i] >= threshold ? change : 0));
    }
    for (i = 0; i < NICE_EDGE; i++) {
        int16_t b = before[i], c = after[i];
        int16_t step = (int16_t)(3 * (c - b) - (far_after[i] - far_before[i])), change;
        step = step > limit ? limit : step;
        step = (int16_t)(step < -limit ? -limit : step);
        change = (int16_t)((int16_t)(step * strengths[i] + 128) >> 8);
        b = (int16_t)(b + change);
        c = (int16_t)(c - change);
        b = b < 0 ? 0 : b;
        c = c < 0 ? 0 : c;
        before[i] = (uint8_t)(b > 255 ? 255 : b);
        after[i] = (uint8_t)(c > 255 ? 255 : c);
    }
}

/* Filters the edges between two rows of blocks, in lines of some bytes. */
NICE_OUTLINE void nice_filter_rows(const struct nice_codebook *codebook, const uint8_t *far_before, uint8_t *before, uint8_t *after,
                                   const uint8_t *far_after, size_t bytes)
{
    while (bytes > 0) {
        uint8_t samples[4][NICE_EDGE] = { { 0 } };
        size_t count = bytes < NICE_EDGE ? bytes : NICE_EDGE;
        memcpy(samples[0], far_before, count);
        memcpy(samples[1], before, count);
        memcpy(samples[2], after, count);
        memcpy(samples[3], far_after, count);
        nice_filter(codebook, samples[0], samples[1], samples[2], samples[3]);
        memcpy(before, samples[1], count);
        memcpy(after, samples[2], count);
        far_before += count;
        before += count;
        after += count;
        far_after += count;
        bytes -= count;
    }
}

/* Filters an edge between two blocks of a row; `after` is the first sample after it. */
NICE_OUTLINE void nice_filter_columns(const struct nice_codebook *codebook, uint8_t *after, size_t stride)
{
    /* Of every line, three samples, and one that is ignored. */
    uint8_t samples[4][NICE_EDGE];
    unsigned x, y;

    for (y = 0; y < 8; y++)
        for (x = 0; x < 4; x++)
            memcpy(samples[x] + 4 * y, after + y * stride + 3 * x - 6, 4);
    nice_filter(codebook, samples[0], samples[1], samples[2], samples[3]);
    for (y = 0; y < 8; y++) {
        memcpy(after + y * stride - 3, samples[1] + 4 * y, 3);
        memcpy(after + y * stride, samples[2] + 4 * y, 3);
    }
}

#else

/* Filters samples across an edge: those beside it are changed, and depend also on those beyond them. */
NICE_INLINE void nice_filter_rows(const struct nice_codebook *codebook, const uint8_t *far_before, uint8_t *before, uint8_t *after,
                                  const uint8_t *far_after, size_t count)
{
    const int limit = codebook->limit;
    size_t i;

    for (i = 0; i < count; i++) {
        int a = far_before[i], b = before[i], c = after[i], d = far_after[i];
        int step = 3 * (c - b) - (d - a), activity, change;
        unsigned class_ = 0;
        step = step > limit ? limit : step < -limit ? -limit : step;
        if (step == 0)
            continue;
        activity = (a < b ? b - a : a - b) + (c < d ? d - c : c - d);
        while (class_ < codebook->threshold_count && codebook->thresholds[class_] <= activity)
            class_++;
        change = (step * codebook->strengths[class_] + 128) >> 8;
        before[i] = nice_clamped(b + change);
        after[i] = nice_clamped(c - change);
    }
}

/* Filters an edge between two blocks of a row; `after` is the first sample after it. */
NICE_INLINE void nice_filter_columns(const struct nice_codebook *codebook, uint8_t *after, size_t stride)
{
    unsigned y;

    for (y = 0; y < 8; y++, after += stride)
        nice_filter_rows(codebook, after - 6, after - 3, after, after + 3, 3);
}

#endif

/* The memory of a row of blocks. */
NICE_INLINE uint8_t *nice_row_memory(const nice_deblocker *deblocker, uint32_t row)
{
    return deblocker->memory + (row % 2 == 0 ? 0 : deblocker->row_bytes);
}

/* Decodes a row of blocks to memory, and filters the edges within it. */
static nice_status nice_deblock_row(const nice_deblocker *deblocker, uint32_t row)
{
    const nice_image *image = &deblocker->image;
    uint8_t *memory = nice_row_memory(deblocker, row);
    size_t stride = deblocker->row_bytes / 8, at;
    struct nice_latents latents;
    nice_region strip;
    nice_status status;
    uint32_t first, count = nice_kept_columns(image, &deblocker->bounds, &first);

    /* Whole blocks, also beyond the edges of the image. */
    strip.width = 8 * count;
    strip.height = 8;
    if (nice_turn_of(image) != 0) {
        strip.x = 8 * first;
        strip.y = 8 * row;
        status = nice_picture_strip(image, &strip, NICE_FORMAT_RGB888, memory, stride);
    } else {
        status = nice_latents_at(&latents, image, row * nice_blocks_across(image->width) + first);
        if (status != NICE_STATUS_OK)
            return status;
        strip.x = 0;
        strip.y = 0;
        status = nice_codebook_strip(image, &strip, NICE_FORMAT_RGB888, &latents, memory, stride);
    }
    for (at = 24; at < stride; at += 24)
        nice_filter_columns(&image->model.tables.codebook, memory + at, stride);
    return status;
}

/* Ensures that the row of blocks of a strip is in memory, and that its lines in the strip are deblocked. */
static nice_status nice_prepare(nice_deblocker *deblocker, const nice_region *strip)
{
    uint32_t row = strip->y / 8, from = strip->y % 8;
    uint32_t columns, rows;
    /* Filtering an edge changes a line on each side of it: the first line of a row of blocks depends on the row above, the last
     * one on the row below. */
    uint32_t first = row > 0 && from == 0 ? row - 1 : row;
    uint32_t last, next = first;

    nice_picture_blocks(&deblocker->image, &columns, &rows);
    last = nice_min(from + strip->height == 8 ? row + 1 : row, rows - 1);
    if (deblocker->holds_rows && deblocker->first_row <= first && deblocker->last_row >= first && deblocker->last_row <= row + 1) {
        next = deblocker->last_row + 1;
        first = deblocker->first_row;
    }
    for (; next <= last; next++) {
        nice_status status;
        deblocker->holds_rows = 0;
        status = nice_deblock_row(deblocker, next);
        if (status != NICE_STATUS_OK)
            return status;
        if (next > first) {
            size_t stride = deblocker->row_bytes / 8;
            uint8_t *above = nice_row_memory(deblocker, next - 1) + 6 * stride, *below = nice_row_memory(deblocker, next);
            nice_filter_rows(&deblocker->image.model.tables.codebook, above, above + stride, below, below + stride, stride);
        }
        deblocker->first_row = first;
        deblocker->last_row = next;
        deblocker->holds_rows = 1;
    }
    return NICE_STATUS_OK;
}

nice_status nice_deblock_region(nice_deblocker *deblocker, nice_region region, nice_format format, uint8_t *lines, size_t length,
                                size_t stride)
{
    nice_status status;
    nice_region strip;
    uint32_t first;

    if (deblocker == NULL)
        return NICE_STATUS_ARGUMENT;
    if (!deblocker->open)
        return NICE_STATUS_NOT_OPEN;
    status = nice_check_output(&deblocker->bounds, &region, format, lines, length, stride);
    if (status != NICE_STATUS_OK)
        return status;
    if (!nice_image_has_deblocking(&deblocker->image) || nice_scale_of(&deblocker->image) != 0)
        return nice_decode_strips(&deblocker->image, region, format, lines, stride);
    (void)nice_kept_columns(&deblocker->image, &deblocker->bounds, &first);
    region = nice_in_blocks(&deblocker->image, region);
    while (nice_take_strip(&region, &strip, 8, 0)) {
        size_t row_stride = deblocker->row_bytes / 8, y;
        const uint8_t *from = nice_row_memory(deblocker, strip.y / 8) + 3 * (size_t)(strip.x - 8 * first);
        status = nice_prepare(deblocker, &strip);
        if (status != NICE_STATUS_OK)
            return status;
        for (y = 0; y < strip.height; y++) {
            unsigned line = (unsigned)(strip.y % 8 + y);
            nice_convert(format, from + line * row_stride, (unsigned)(strip.x % 8), line, (size_t)strip.width, lines + y * stride,
                         0);
        }
        lines += (region.height > 0 ? (size_t)strip.height : 0) * stride;
    }
    return NICE_STATUS_OK;
}

#endif
