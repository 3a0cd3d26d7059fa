/*
 * The other side of the comparison: libjpeg decoding grey at scale 1/8, from memory to memory.
 * Input on stdin: a count, then each frame as length and bytes (32 bit, little endian), then one
 * line a round. Output: one line a round, nanoseconds a frame and the sum of all samples.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <jpeglib.h>

struct frame {
	unsigned char *data;
	uint32_t size;
};

struct trap {
	struct jpeg_error_mgr base; /* first, so that libjpeg's pointer to it is a pointer to trap */
	jmp_buf out;
};

static void spring(j_common_ptr c)
{
	c->err->output_message(c);
	longjmp(((struct trap *)c->err)->out, 1);
}

static uint32_t number(void)
{
	unsigned char b[4];
	if (fread(b, 1, 4, stdin) != 4)
		exit(2);
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

/* now is processor time, so that other programs on the machine disturb less. */
static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* decode adds up one frame; the output rows go to a buffer of one row, as ours go to a band. */
static uint64_t decode(struct jpeg_decompress_struct *c, struct frame *f)
{
	static JSAMPLE row[4096];
	JSAMPROW rows[1] = {row};
	uint64_t sum = 0;

	jpeg_mem_src(c, f->data, f->size);
	jpeg_read_header(c, TRUE);
	c->scale_num = 1;
	c->scale_denom = 8;
	c->out_color_space = JCS_GRAYSCALE;
	jpeg_start_decompress(c);
	if (c->output_width > sizeof row)
		exit(3);
	while (c->output_scanline < c->output_height) {
		jpeg_read_scanlines(c, rows, 1);
		for (JDIMENSION x = 0; x < c->output_width; x++)
			sum += row[x];
	}
	jpeg_finish_decompress(c);
	return sum;
}

int main(void)
{
	struct jpeg_decompress_struct c;
	struct trap trap;
	uint32_t count = number();
	struct frame *frames = calloc(count ? count : 1, sizeof *frames);
	int ch;

	if (!frames)
		return 2;
	for (uint32_t i = 0; i < count; i++) {
		frames[i].size = number();
		frames[i].data = malloc(frames[i].size);
		if (!frames[i].data || fread(frames[i].data, 1, frames[i].size, stdin) != frames[i].size)
			return 2;
	}
	c.err = jpeg_std_error(&trap.base);
	trap.base.error_exit = spring;
	if (setjmp(trap.out))
		return 4;
	jpeg_create_decompress(&c);
	while ((ch = getchar()) != EOF) {
		uint64_t sum = 0, start;
		if (ch != '\n')
			continue;
		start = now();
		for (uint32_t i = 0; i < count; i++)
			sum += decode(&c, &frames[i]);
		printf("%llu %llu\n", (unsigned long long)((now() - start) / (count ? count : 1)),
		       (unsigned long long)sum);
		fflush(stdout);
	}
	jpeg_destroy_decompress(&c);
	return 0;
}
