/* The files that count.c decodes. FILE_... are their paths. */
.macro file name, path
    .globl \name, \name\()_end
    .balign 4
\name:
    .incbin "\path"
\name\()_end:
.endm

#if defined(__ELF__)
    .section .rodata
#endif
    file codebook, FILE_CODEBOOK
    file slide, FILE_SLIDE
#if !defined(SIZE_ONLY)
    file floor_texture, FILE_FLOOR
    file part, FILE_PART
    file network_small, FILE_NETWORK_SMALL
    file network_image, FILE_NETWORK_IMAGE
    file network_large, FILE_NETWORK_LARGE
#endif

#if defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif
