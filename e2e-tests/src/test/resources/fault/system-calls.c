/*
 * Loaded into a process before the C library: shifts the clock that tells the time of day, and holds what waits for a disk,
 * both as the file named by VECTORDB_TEST_FAULTS says at that moment. The clock that measures durations stays right.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t clock_offset_nanos;
    int64_t disk_stalled;
};

static const int64_t SECOND = 1000000000;
static const struct timespec POLL = {0, 2000000};
static const volatile struct control *control;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("VECTORDB_TEST_FAULTS");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        void *mapped = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
        control = mapped == MAP_FAILED ? NULL : mapped;
        close(file);
    }
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int result = real_clock_gettime == NULL ? (int)syscall(SYS_clock_gettime, id, now) : real_clock_gettime(id, now);
    if (result == 0 && control != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        int64_t nanos = now->tv_nsec + control->clock_offset_nanos % SECOND;
        now->tv_sec += control->clock_offset_nanos / SECOND + (nanos >= SECOND) - (nanos < 0);
        now->tv_nsec = (nanos + SECOND) % SECOND;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL) {
        *now = precise.tv_sec;
    }
    return precise.tv_sec;
}

static void wait_for_the_disk(void) {
    while (control != NULL && control->disk_stalled) {
        nanosleep(&POLL, NULL);
    }
}

int fsync(int file) {
    wait_for_the_disk();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    wait_for_the_disk();
    return (int)syscall(SYS_fdatasync, file);
}
