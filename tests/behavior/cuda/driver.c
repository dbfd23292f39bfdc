/* A driver of CUDA for machines without a GPU, for the tests: the run-time compiler is the real one, so kernels must compile, but to launch
 * one does nothing. The GPU that it pretends to have is one of compute capability 9.0. What training computes with it has no meaning.
 *
 * Environment variables make it fail: NICE_GPU_MEMORY is the number of bytes that it has, and NICE_GPU_LAUNCHES is the number of launches
 * after which the GPU is lost. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int result;
typedef int device;
typedef void *handle; /* of a context, stream, event, memory pool, module or function */
typedef uint64_t address;

enum { SUCCESS = 0, OUT_OF_MEMORY = 2, LAUNCH_FAILED = 719 };

/* A number from the environment. */
static size_t setting(const char *name, size_t otherwise) {
    const char *text = getenv(name);
    return text ? (size_t)strtoull(text, NULL, 10) : otherwise;
}

static size_t memory_bytes(void) {
    return setting("NICE_GPU_MEMORY", (size_t)80 << 30);
}

/* Anything that is not null. */
static int something;

static result some(handle *to) {
    *to = &something;
    return SUCCESS;
}

/* The device */

result cuInit(unsigned flags) {
    (void)flags;
    return SUCCESS;
}

result cuDriverGetVersion(int *version) {
    *version = 12000;
    return SUCCESS;
}

result cuDeviceGetCount(int *count) {
    *count = 1;
    return SUCCESS;
}

result cuDeviceGet(device *to, int number) {
    *to = number;
    return SUCCESS;
}

result cuDeviceGetName(char *name, int size, device on) {
    (void)on;
    snprintf(name, (size_t)size, "no GPU");
    return SUCCESS;
}

result cuDeviceTotalMem_v2(size_t *bytes, device on) {
    (void)on;
    *bytes = memory_bytes();
    return SUCCESS;
}

result cuDeviceGetAttribute(int *value, int attribute, device on) {
    (void)on;
    switch (attribute) {
    case 1: case 2: case 3: *value = 1024; break;  /* units of a cube: together, along x, along y */
    case 4: *value = 64; break;                    /* along z */
    case 5: *value = INT32_MAX; break;             /* cubes along x */
    case 6: case 7: *value = UINT16_MAX; break;    /* along y, along z */
    case 10: *value = 32; break;                   /* units of a warp */
    case 16: *value = 132; break;                  /* multiprocessors */
    case 75: *value = 9; break;                    /* compute capability, major */
    case 76: *value = 0; break;                    /* minor */
    case 97: *value = 227 << 10; break;            /* shared memory of a cube, in bytes */
    default: *value = 0;
    }
    return SUCCESS;
}

/* Contexts, streams and events: everything has happened when a call returns. */

result cuDevicePrimaryCtxRetain(handle *context, device on) {
    (void)on;
    return some(context);
}

result cuCtxSetCurrent(handle context) {
    (void)context;
    return SUCCESS;
}

result cuCtxGetCurrent(handle *context) {
    return some(context);
}

result cuStreamCreate(handle *stream, unsigned flags) {
    (void)flags;
    return some(stream);
}

static size_t launches;

/* Whether the GPU is still there. */
static result present(void) {
    return launches <= setting("NICE_GPU_LAUNCHES", SIZE_MAX) ? SUCCESS : LAUNCH_FAILED;
}

result cuStreamSynchronize(handle stream) {
    (void)stream;
    return present();
}

result cuStreamWaitEvent(handle stream, handle event, unsigned flags) {
    (void)stream, (void)event, (void)flags;
    return SUCCESS;
}

result cuEventCreate(handle *event, unsigned flags) {
    (void)flags;
    return some(event);
}

result cuEventDestroy_v2(handle event) {
    (void)event;
    return SUCCESS;
}

result cuEventRecord(handle event, handle stream) {
    (void)event, (void)stream;
    return SUCCESS;
}

result cuEventSynchronize(handle event) {
    (void)event;
    return present();
}

/* Memory: that of the host. The number of bytes stands in front of them. */

enum { ALIGNMENT = 512 };

static size_t allocated;

static result allocate(address *to, size_t bytes) {
    if (bytes > memory_bytes() - allocated)
        return OUT_OF_MEMORY;
    size_t *memory = aligned_alloc(ALIGNMENT, (bytes / ALIGNMENT + 2) * ALIGNMENT);
    if (!memory)
        return OUT_OF_MEMORY;
    memset(memory, 0, (bytes / ALIGNMENT + 2) * ALIGNMENT);
    *memory = bytes;
    allocated += bytes;
    *to = (uintptr_t)memory + ALIGNMENT;
    return SUCCESS;
}

static result release(address memory) {
    size_t *first = (size_t *)(uintptr_t)(memory - ALIGNMENT);
    allocated -= *first;
    free(first);
    return SUCCESS;
}

result cuMemAlloc_v2(address *to, size_t bytes) {
    return allocate(to, bytes);
}

result cuMemAllocAsync(address *to, size_t bytes, handle stream) {
    (void)stream;
    return allocate(to, bytes);
}

result cuMemFree_v2(address memory) {
    return release(memory);
}

result cuMemFreeAsync(address memory, handle stream) {
    (void)stream;
    return release(memory);
}

result cuMemAllocHost_v2(void **to, size_t bytes) {
    *to = calloc(1, bytes);
    return *to ? SUCCESS : OUT_OF_MEMORY;
}

result cuMemFreeHost(void *memory) {
    free(memory);
    return SUCCESS;
}

result cuMemcpyHtoDAsync_v2(address to, const void *from, size_t bytes, handle stream) {
    (void)stream;
    memcpy((void *)(uintptr_t)to, from, bytes);
    return SUCCESS;
}

result cuMemcpyDtoHAsync_v2(void *to, address from, size_t bytes, handle stream) {
    (void)stream;
    memcpy(to, (const void *)(uintptr_t)from, bytes);
    return SUCCESS;
}

result cuMemcpyDtoDAsync_v2(address to, address from, size_t bytes, handle stream) {
    (void)stream;
    memmove((void *)(uintptr_t)to, (const void *)(uintptr_t)from, bytes);
    return SUCCESS;
}

/* Where a copy of lines comes from or goes to; memory is of the host if `kind` is 1, otherwise of the device. */
struct lines {
    size_t x, y;
    int kind;
    void *host;
    address device;
    handle array;
    size_t pitch;
};

static char *first_of(const struct lines *lines) {
    char *memory = lines->kind == 1 ? lines->host : (void *)(uintptr_t)lines->device;
    return memory + lines->y * lines->pitch + lines->x;
}

struct copy_of_lines {
    struct lines from, to;
    size_t width, height;
};

result cuMemcpy2DAsync_v2(const struct copy_of_lines *copy, handle stream) {
    (void)stream;
    for (size_t line = 0; line < copy->height; line++)
        memcpy(first_of(&copy->to) + line * copy->to.pitch, first_of(&copy->from) + line * copy->from.pitch, copy->width);
    return SUCCESS;
}

/* Kernels */

result cuModuleLoadData(handle *module, const void *image) {
    (void)image;
    return some(module);
}

result cuModuleGetFunction(handle *function, handle module, const char *name) {
    (void)module, (void)name;
    return some(function);
}

result cuFuncSetAttribute(handle function, int attribute, int value) {
    (void)function, (void)attribute, (void)value;
    return SUCCESS;
}

result cuLaunchKernel(handle function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
                      unsigned block_z, unsigned shared_bytes, handle stream, void **parameters, void **extra) {
    (void)function, (void)grid_x, (void)grid_y, (void)grid_z, (void)block_x, (void)block_y, (void)block_z, (void)shared_bytes;
    (void)stream, (void)parameters, (void)extra;
    launches++;
    return present();
}

/* Errors */

result cuGetErrorName(result error, const char **text) {
    *text = error == OUT_OF_MEMORY ? "out of memory" : error == LAUNCH_FAILED ? "launch failed" : "an error";
    return SUCCESS;
}

result cuGetErrorString(result error, const char **text) {
    return cuGetErrorName(error, text);
}
