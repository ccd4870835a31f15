/* Native libsoxr for the benchmarks: timed inside its own process, or run as a filter. One thread, mono float32.
 *
 *   soxr-peer serve                                   requests on stdin, one answer each, as a line:
 *     stream <in> <out> <HQ|VHQ> <chunk> <seconds>      nanoseconds a chunk, one number for each 2 ms of work
 *     whole <in> <out> <HQ|VHQ> <samples> <new|kept>    nanoseconds for all of a signal by soxr_oneshot, its result in
 *                                                     memory from malloc each time, or in memory used before
 *   soxr-peer convert <in> <out> <HQ|VHQ> <chunk> [log]
 *                                                     stdin to stdout in chunks (0: all at once); after each chunk the
 *                                                     counts of samples fed and produced go to the log, or to stderr
 */
#include <math.h>
#include <soxr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void fail(char const *what) {
  fprintf(stderr, "soxr-peer: %s\n", what);
  exit(1);
}

static soxr_quality_spec_t quality_of(char const *name) {
  if (!strcmp(name, "HQ")) return soxr_quality_spec(SOXR_HQ, 0);
  if (!strcmp(name, "VHQ")) return soxr_quality_spec(SOXR_VHQ, 0);
  fail("the quality is HQ or VHQ");
  return soxr_quality_spec(0, 0);
}

static soxr_t create(double in, double out, char const *name) {
  soxr_error_t error;
  soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  soxr_quality_spec_t quality = quality_of(name);
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  soxr_t resampler = soxr_create(in, out, 1, &error, &io, &quality, &runtime);
  if (!resampler) fail(soxr_strerror(error));
  return resampler;
}

static float *tone(size_t n, double rate) {
  float *x = malloc((n + 1) * sizeof *x);
  if (!x) fail("out of memory");
  for (size_t i = 0; i < n; i++) x[i] = (float)(0.5 * sin(2 * M_PI * 997 * i / rate));
  return x;
}

static void run(soxr_t r, float const *x, size_t n, float *y, size_t room, long times) {
  size_t taken, given;
  for (long i = 0; i < times; i++) {
    if (soxr_process(r, x, n, &taken, y, room, &given) || taken != n) fail("a chunk was not taken whole");
  }
}

static void time_stream(double in, double out, char const *name, size_t n, double seconds) {
  size_t room = (size_t)(n * out / in) * 64 + 65536; /* blocks come at once */
  float *x = tone(n, in), *y = malloc(room * sizeof *y);
  soxr_t r = create(in, out, name);
  long times = 50;
  double start, taken;
  run(r, x, n, y, room, 100);
  for (;; times *= 2) {
    start = now_ns();
    run(r, x, n, y, room, times);
    if (now_ns() - start >= 2e6) break;
  }
  for (double end = now_ns() + seconds * 1e9, k = 0; k < 3 || now_ns() < end; k++) {
    start = now_ns();
    run(r, x, n, y, room, times);
    taken = now_ns() - start;
    printf("%s%.3f", k ? " " : "", taken / times);
  }
  printf("\n");
  soxr_delete(r);
  free(x);
  free(y);
}

/* The last input, made once: its pages are there, and it is as warm as between two calls of ours. */
static float *signal_of(size_t n, double rate) {
  static float *x;
  static size_t samples;
  static double last;
  if (samples != n || last != rate) {
    free(x);
    x = tone(n, rate);
    samples = n;
    last = rate;
  }
  return x;
}

/* Memory for a result that all calls share, its pages there before the clock starts. */
static float *kept_output(size_t room) {
  static float *y;
  static size_t samples;
  if (samples < room) {
    free(y);
    y = malloc(room * sizeof *y);
    if (!y) fail("out of memory");
    memset(y, 1, room * sizeof *y);
    samples = room;
  }
  return y;
}

static void time_whole(double in, double out, char const *name, size_t n, int is_new) {
  size_t room = (size_t)ceil(n * out / in), taken, given;
  float *x = signal_of(n, in), *kept = is_new ? NULL : kept_output(room);
  soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  soxr_quality_spec_t quality = quality_of(name);
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  double start = now_ns();
  float *y = is_new ? malloc(room * sizeof *y) : kept;
  if (!y) fail("out of memory");
  if (soxr_oneshot(in, out, 1, x, n, &taken, y, room, &given, &io, &quality, &runtime)) fail("soxr_oneshot failed");
  double stop = now_ns();
  printf("%.0f\n", stop - start);
  if (is_new) free(y);
}

static void serve(void) {
  char line[256], name[16], memory[16];
  double in, out, seconds;
  size_t n;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "stream %lf %lf %15s %zu %lf", &in, &out, name, &n, &seconds) == 5) {
      time_stream(in, out, name, n, seconds);
    } else if (sscanf(line, "whole %lf %lf %15s %zu %15s", &in, &out, name, &n, memory) == 5) {
      time_whole(in, out, name, n, !strcmp(memory, "new"));
    } else {
      fail("a request that it does not know");
    }
    fflush(stdout);
  }
}

static void convert(double in, double out, char const *name, size_t chunk, FILE *log) {
  size_t n = 0, room = 1 << 16, got, taken, given, produced = 0;
  float *x = malloc(room * sizeof *x);
  if (!x) fail("out of memory");
  while ((got = fread(x + n, sizeof *x, room - n, stdin)) > 0) {
    n += got;
    if (n == room && !(x = realloc(x, (room *= 2) * sizeof *x))) fail("out of memory");
  }
  size_t space = (size_t)(n * out / in) + 65536;
  float *y = malloc(space * sizeof *y);
  soxr_t r = create(in, out, name);
  if (!y) fail("out of memory");
  for (size_t at = 0; at < n;) {
    size_t m = chunk == 0 || chunk > n - at ? n - at : chunk;
    if (soxr_process(r, x + at, m, &taken, y + produced, space - produced, &given)) fail("soxr_process failed");
    at += taken;
    produced += given;
    fprintf(log, "%zu %zu\n", at, produced);
  }
  do {
    if (soxr_process(r, NULL, 0, &taken, y + produced, space - produced, &given)) fail("soxr_process failed");
    produced += given;
  } while (given > 0);
  if (fwrite(y, sizeof *y, produced, stdout) != produced) fail("the output was not taken");
  soxr_delete(r);
  free(x);
  free(y);
}

int main(int count, char **words) {
  if (count == 2 && !strcmp(words[1], "serve")) {
    serve();
  } else if ((count == 6 || count == 7) && !strcmp(words[1], "convert")) {
    FILE *log = count == 7 ? fopen(words[6], "w") : stderr;
    if (!log) fail("the log cannot be written");
    convert(atof(words[2]), atof(words[3]), words[4], strtoul(words[5], NULL, 10), log);
    fclose(log);
  } else {
    fail("see the top of soxr-peer.c for its arguments");
  }
  return 0;
}
