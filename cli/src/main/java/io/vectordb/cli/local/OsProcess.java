package io.vectordb.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of the operating system, told apart from a later one that got the same number by the time it began.
 *
 * @param startedMillis since the epoch as the system tells it, 0 where it does not
 */
public record OsProcess(long pid, long startedMillis) {

    private static final long CLOCK_STEP_MILLIS = 2_000;

    public static OsProcess of(ProcessHandle handle) {
        return new OsProcess(handle.pid(), startedMillis(handle));
    }

    private static long startedMillis(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** The running process, or nothing when it ended, also when its number belongs to another by now. */
    public Optional<ProcessHandle> handle() {
        return pid <= 0 ? Optional.empty() : ProcessHandle.of(pid).filter(this::isSame);
    }

    public boolean isAlive() {
        return handle().isPresent();
    }

    private boolean isSame(ProcessHandle handle) {
        long started = startedMillis(handle);
        boolean sameStart =
                started == 0 || startedMillis == 0 || Math.abs(started - startedMillis) <= CLOCK_STEP_MILLIS;
        return handle.isAlive() && sameStart && !isZombie(handle.pid());
    }

    /** Ended and not waited for by its parent; Java calls that alive. Known on Linux only. */
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            int state = stat.lastIndexOf(')') + 2;
            return state < stat.length() && stat.charAt(state) == 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
