/*
 * What the server keeps of each request, and the text file it leaves:
 *   ground-truth 1 requests R freezes F origin_ns O
 *   <arrival> <write>      R lines in the order of the answers
 * in ns since O, the first known arrival on CLOCK_REALTIME, so that the values are exact as doubles. A request that
 * came without a kernel timestamp has "-" for its arrival.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct served {
  int64_t arrival_ns; /* 0: the kernel gave no timestamp */
  int64_t write_ns;
};

struct record {
  struct served *requests;
  size_t count, capacity;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void keep(struct record *record, struct served request) {
  if (record->count == record->capacity) {
    /* The first million costs nothing while it is measured: pages are only taken as they are touched. */
    record->capacity = record->capacity ? 2 * record->capacity : 1 << 20;
    record->requests = realloc(record->requests, record->capacity * sizeof *record->requests);
    if (!record->requests) fail("realloc");
  }
  record->requests[record->count++] = request;
}

/* The file appears whole or not at all. */
static void write_record(const struct record *record, const char *path, unsigned long freezes) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.part", path);
  FILE *file = fopen(temporary, "w");
  if (!file) fail(temporary);
  int64_t origin_ns = 0;
  for (size_t i = 0; i < record->count && origin_ns == 0; i++) origin_ns = record->requests[i].arrival_ns;
  fprintf(file, "ground-truth 1 requests %zu freezes %lu origin_ns %lld\n", record->count, freezes,
          (long long)origin_ns);
  for (size_t i = 0; i < record->count; i++) {
    const struct served *request = &record->requests[i];
    if (request->arrival_ns == 0) fprintf(file, "- ");
    else fprintf(file, "%lld ", (long long)(request->arrival_ns - origin_ns));
    fprintf(file, "%lld\n", (long long)(request->write_ns - origin_ns));
  }
  if (fclose(file) != 0 || rename(temporary, path) != 0) fail(path);
}
