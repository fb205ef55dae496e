/* Sets a process's clock ahead or back while it runs: CLOCK_REALTIME and its kin, by the seconds
   that stand as a 64-bit integer in the file FAULTS_CLOCK. To be preloaded. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <dlfcn.h>

static const volatile int64_t none;
static const volatile int64_t *ahead = &none;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void look(void) {
  real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("FAULTS_CLOCK");
  int file = path == NULL ? -1 : open(path, O_RDONLY);
  if (file >= 0) {
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) {
      ahead = page;
    }
    close(file);
  }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = real == NULL ? (int) syscall(SYS_clock_gettime, clock, now) : real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += *ahead;
  }
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec exact;
  (void) zone;
  int result = clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return result;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now != NULL) {
    *now = exact.tv_sec;
  }
  return exact.tv_sec;
}
