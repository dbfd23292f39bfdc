/* Runs a cartridge in an emulator without a window. Prints the log of the cartridge, and writes what the console shows to a file:
 * width and height, then the pixels, each 16 bits with the low byte first. A pixel has 5 bits of red, green and blue, from the
 * lowest bit.
 *
 *     cc headless.c -I/usr/include/libretro-common -ldl -o headless
 *     ./headless EMULATOR CARTRIDGE FILE
 *
 * The emulator is a shared library with the interface of libretro. The log is in the memory of the console (`src/log.rs`); it is
 * looked for in the saved state of the emulator, which contains that memory. */
#define _GNU_SOURCE
#include <libretro.h>

#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Ten seconds, and how often the log is looked for. */
	FRAMES = 600,
	FRAMES_PER_LOOK = 10,
	/* The largest log. */
	LOG_BYTES = 492,
};

static const char MARKER[] = "the log of NICE:";
enum { MARKER_BYTES = sizeof MARKER - 1 };

static enum retro_pixel_format format = RETRO_PIXEL_FORMAT_0RGB1555;
static const char* folder;

/* The last frame, as it is written to the file. */
static unsigned short screen[1024 * 1024];
static unsigned width, height;

static bool environment(unsigned command, void* data) {
	switch (command) {
	case RETRO_ENVIRONMENT_SET_PIXEL_FORMAT:
		format = *(const enum retro_pixel_format*) data;
		return true;
	case RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY:
	case RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY:
		*(const char**) data = folder;
		return true;
	default:
		return false;
	}
}

static unsigned short pixel(const unsigned char* line, unsigned x) {
	unsigned short two;
	unsigned four;
	switch (format) {
	case RETRO_PIXEL_FORMAT_XRGB8888:
		memcpy(&four, line + 4 * x, 4);
		return (four >> 19 & 31) | (four >> 11 & 31) << 5 | (four >> 3 & 31) << 10;
	case RETRO_PIXEL_FORMAT_RGB565:
		memcpy(&two, line + 2 * x, 2);
		return (two >> 11) | (two >> 6 & 31) << 5 | (two & 31) << 10;
	default:
		memcpy(&two, line + 2 * x, 2);
		return (two >> 10 & 31) | (two >> 5 & 31) << 5 | (two & 31) << 10;
	}
}

static void refresh(const void* data, unsigned new_width, unsigned new_height, size_t pitch) {
	/* Without data, the frame is the same as before. */
	if (!data || (size_t) new_width * new_height > sizeof screen / sizeof *screen) {
		return;
	}
	width = new_width;
	height = new_height;
	for (unsigned y = 0; y < height; ++y) {
		for (unsigned x = 0; x < width; ++x) {
			screen[y * width + x] = pixel((const unsigned char*) data + y * pitch, x);
		}
	}
}

static void audio_sample(int16_t left, int16_t right) {
	(void) left;
	(void) right;
}

static size_t audio_batch(const int16_t* data, size_t frames) {
	(void) data;
	return frames;
}

static void poll_input(void) {
}

static int16_t input(unsigned port, unsigned device, unsigned index, unsigned id) {
	(void) port, (void) device, (void) index, (void) id;
	return 0;
}

static void* emulator;

/* The address of a function of the emulator. */
static void* function(const char* name) {
	void* address = dlsym(emulator, name);
	if (!address) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return address;
}

/* Calls a function of the emulator; its type is that of the declaration in libretro.h. */
#define CALL(name) ((__typeof__(&name)) function(#name))

/* The log of the cartridge, or NULL if there is none yet. It is not terminated. */
static const char* find_log(unsigned* length) {
	static char* state;
	size_t size = CALL(retro_serialize_size)();
	state = realloc(state, size);
	if (!state || !CALL(retro_serialize)(state, size)) {
		return NULL;
	}
	const char* log = memmem(state, size, MARKER, MARKER_BYTES);
	if (!log || (size_t) (log - state) + MARKER_BYTES + sizeof *length + LOG_BYTES > size) {
		return NULL;
	}
	memcpy(length, log + MARKER_BYTES, sizeof *length);
	return *length <= LOG_BYTES ? log + MARKER_BYTES + sizeof *length : NULL;
}

static void put16(unsigned value, FILE* file) {
	fputc(value & 0xFF, file);
	fputc(value >> 8 & 0xFF, file);
}

int main(int count, char** arguments) {
	if (count != 4) {
		fprintf(stderr, "usage: %s EMULATOR CARTRIDGE FILE\n", arguments[0]);
		return 2;
	}
	/* Standard output has the log only, and nothing that the emulator prints. */
	int output = dup(STDOUT_FILENO);
	if (output < 0 || !freopen("/dev/null", "w", stdout)) {
		perror("standard output");
		return 1;
	}
	emulator = dlopen(arguments[1], RTLD_NOW);
	if (!emulator) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	/* The folder of the file, where the emulator may keep what the cartridge saves. */
	folder = dirname(strdup(arguments[3]));

	CALL(retro_set_environment)(environment);
	CALL(retro_set_video_refresh)(refresh);
	CALL(retro_set_audio_sample)(audio_sample);
	CALL(retro_set_audio_sample_batch)(audio_batch);
	CALL(retro_set_input_poll)(poll_input);
	CALL(retro_set_input_state)(input);
	CALL(retro_init)();
	struct retro_system_info system = { 0 };
	CALL(retro_get_system_info)(&system);
	struct retro_game_info game = { .path = arguments[2] };
	static char cartridge[16 << 20];
	if (!system.need_fullpath) {
		FILE* file = fopen(game.path, "rb");
		if (!file) {
			perror(game.path);
			return 1;
		}
		game.size = fread(cartridge, 1, sizeof cartridge, file);
		game.data = cartridge;
		fclose(file);
	}
	if (!CALL(retro_load_game)(&game)) {
		fprintf(stderr, "%s %s cannot load %s\n", system.library_name, system.library_version, game.path);
		return 1;
	}

	const char* log = NULL;
	unsigned length = 0;
	bool done = false;
	for (unsigned frame = 1; frame <= FRAMES && !done; ++frame) {
		CALL(retro_run)();
		if (frame % FRAMES_PER_LOOK == 0) {
			log = find_log(&length);
			done = log && memmem(log, length, "\ndone\n", 6);
		}
	}
	FILE* lines = fdopen(output, "w");
	if (log && lines) {
		fwrite(log, 1, length, lines);
		fflush(lines);
	}
	if (!done) {
		fprintf(stderr, "the cartridge did not finish within %d frames\n", FRAMES);
		return 1;
	}
	/* The log may have ended within a frame; this one is complete. */
	CALL(retro_run)();

	FILE* file = fopen(arguments[3], "wb");
	if (!file) {
		perror(arguments[3]);
		return 1;
	}
	put16(width, file);
	put16(height, file);
	for (unsigned index = 0; index < width * height; ++index) {
		put16(screen[index], file);
	}
	if (fclose(file)) {
		perror(arguments[3]);
		return 1;
	}
	CALL(retro_unload_game)();
	CALL(retro_deinit)();
	return 0;
}
