/* Reads whole files, for the examples. The library itself needs no file and no heap. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>
#include <stdlib.h>

/* The bytes of a file, which the caller frees, and how many they are; NULL after a message. */
static unsigned char *read_file(const char *path, size_t *length)
{
    unsigned char *bytes = NULL;
    FILE *file = fopen(path, "rb");
    long end;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
        rewind(file);
        *length = (size_t)end;
        bytes = malloc(*length + 1);
        if (bytes != NULL && fread(bytes, 1, *length, file) != *length) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (file != NULL)
        fclose(file);
    if (bytes == NULL)
        fprintf(stderr, "%s cannot be read\n", path);
    return bytes;
}

#endif
