/* Runs a cartridge in mGBA without a window. Prints its log until it says "done", then writes the video memory (mode 3:
 * 240 x 160 pixels of 16 bits, low byte first) to a file.
 *
 *     cc headless.c -lmgba -o headless
 *     ./headless CARTRIDGE FILE
 *
 * mGBA starts the cartridge with its own replacement for the console's BIOS. */
#include <mgba/flags.h>

#include <mgba/core/config.h>
#include <mgba/core/core.h>
#include <mgba/core/log.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 240,
	HEIGHT = 160,
	/* Ten seconds. */
	FRAMES = 600,
	VIDEO = 0x06000000,
};

static bool done;

/* Prints the log of the cartridge, and errors that mGBA reports. */
static void print(struct mLogger* logger, int category, enum mLogLevel level, const char* format, va_list arguments) {
	(void) logger;
	bool from_cartridge = strcmp(mLogCategoryId(category), "gba.debug") == 0;
	if (!from_cartridge && !(level & (mLOG_FATAL | mLOG_GAME_ERROR))) {
		return;
	}
	char line[512];
	vsnprintf(line, sizeof line, format, arguments);
	if (from_cartridge && strcmp(line, "done") == 0) {
		done = true;
		return;
	}
	puts(line);
}

int main(int count, char** arguments) {
	if (count != 3) {
		fprintf(stderr, "usage: %s CARTRIDGE FILE\n", arguments[0]);
		return 2;
	}
	static struct mLogger logger = { .log = print };
	mLogSetDefaultLogger(&logger);

	struct mCore* core = mCoreFind(arguments[1]);
	if (!core || !core->init(core)) {
		fprintf(stderr, "%s is not a cartridge\n", arguments[1]);
		return 1;
	}
	mCoreInitConfig(core, NULL);
	static color_t screen[256 * 256];
	core->setVideoBuffer(core, screen, 256);
	if (!mCoreLoadFile(core, arguments[1])) {
		fprintf(stderr, "cannot load %s\n", arguments[1]);
		return 1;
	}
	core->reset(core);
	for (int frame = 0; frame < FRAMES && !done; ++frame) {
		core->runFrame(core);
	}
	if (!done) {
		fprintf(stderr, "the cartridge did not finish within %d frames\n", FRAMES);
		return 1;
	}

	FILE* file = fopen(arguments[2], "wb");
	if (!file) {
		perror(arguments[2]);
		return 1;
	}
	for (unsigned pixel = 0; pixel < WIDTH * HEIGHT; ++pixel) {
		unsigned value = core->busRead16(core, VIDEO + 2 * pixel);
		fputc(value & 0xFF, file);
		fputc(value >> 8, file);
	}
	if (fclose(file)) {
		perror(arguments[2]);
		return 1;
	}
	core->deinit(core);
	return 0;
}
