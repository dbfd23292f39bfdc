/* The sizes of the structures, so that lib.rs can tell whether it has room for them. */
#include "nice.h"

const size_t nice_test_sizes[3] = { sizeof(nice_model), sizeof(nice_image), sizeof(nice_deblocker) };
