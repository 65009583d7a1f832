package dev.tidemark.cli.kill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A wall clock of a daemon's own that can be stepped while it runs: a few lines of C before the C
/// library, compiled where there is a compiler. The monotonic clock stays as it is.
final class WallClock {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <fcntl.h>
      #include <stdint.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      #include <sys/time.h>
      #include <time.h>

      static int64_t none;
      static volatile int64_t *seconds = &none;

      __attribute__((constructor)) static void begin(void) {
        const char *path = getenv("TIDEMARK_KILL_CLOCK");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) seconds = mapped;
      }

      int clock_gettime(clockid_t id, struct timespec *now) {
        static int (*real)(clockid_t, struct timespec *);
        if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
        int result = real(id, now);
        if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
          now->tv_sec += *seconds;
        return result;
      }

      int gettimeofday(struct timeval *restrict now, void *restrict zone) {
        struct timespec exact;
        (void)zone;
        if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
        now->tv_sec = exact.tv_sec;
        now->tv_usec = exact.tv_nsec / 1000;
        return 0;
      }

      time_t time(time_t *to) {
        struct timespec exact;
        clock_gettime(CLOCK_REALTIME, &exact);
        if (to) *to = exact.tv_sec;
        return exact.tv_sec;
      }
      """;

  private final Path library;
  private final Path offset;
  private final boolean works;

  private WallClock(Path library, Path offset, boolean works) {
    this.library = library;
    this.offset = offset;
    this.works = works;
  }

  static WallClock make(Path folder) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("clock.c"), SOURCE);
    Path library = folder.resolve("clock.so");
    Path offset = folder.resolve("clock.offset");
    write(offset, 86_400);
    boolean compiled;
    try {
      compiled =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-O1",
                  "-o",
                  library.toString(),
                  source.toString(),
                  "-ldl")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("clock.log").toFile())
              .start()
              .waitFor(20, TimeUnit.SECONDS);
    } catch (IOException _) {
      compiled = false;
    }
    WallClock clock =
        new WallClock(
            library,
            offset,
            compiled
                && isAhead(
                    Map.of(
                        "LD_PRELOAD",
                        library.toString(),
                        "TIDEMARK_KILL_CLOCK",
                        offset.toString())));
    clock.step(0);
    return clock;
  }

  private static boolean isAhead(Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder date = new ProcessBuilder("date", "+%s").redirectErrorStream(true);
    date.environment().putAll(environment);
    Process process = date.start();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    process.waitFor();
    return answer.matches("[0-9]+")
        && Long.parseLong(answer) > System.currentTimeMillis() / 1000 + 43_200;
  }

  /// There is a compiler, and the system lets us.
  boolean works() {
    return works;
  }

  Map<String, String> environment() {
    return works
        ? Map.of("LD_PRELOAD", library.toString(), "TIDEMARK_KILL_CLOCK", offset.toString())
        : Map.of();
  }

  /// From now on it is so much ahead of, or behind, the machine's.
  void step(long seconds) throws IOException {
    write(offset, seconds);
  }

  private static void write(Path file, long seconds) throws IOException {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(seconds).array();
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
