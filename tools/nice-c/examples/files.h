/* Reads files for the examples. The library itself needs neither files nor a heap. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>
#include <stdlib.h>

/* Reads a whole file into memory that the caller frees. Prints a message and returns NULL if that fails. */
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
        fprintf(stderr, "cannot read %s\n", path);
    return bytes;
}

#endif
