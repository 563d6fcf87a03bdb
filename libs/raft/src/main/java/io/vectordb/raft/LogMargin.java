package io.vectordb.raft;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much of the log is kept behind the durable position for members that lag: so many entries, and of them no more
 * than so many bytes. Whoever needs more is sent a copy of the state. Used by the thread that applies.
 */
final class LogMargin {

    private static final int MARKS = 64;

    private record Mark(long index, long bytes) {}

    private final long keepEntries;
    private final long keepBytes;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private long bytes;

    LogMargin(long keepEntries, long keepBytes) {
        this.keepEntries = keepEntries;
        this.keepBytes = keepBytes;
    }

    void applied(long index, int size) {
        bytes += size;
        Mark last = marks.peekLast();
        if (last == null || bytes - last.bytes() > keepBytes / MARKS) {
            marks.addLast(new Mark(index, bytes));
        }
        // The first mark is the youngest that has all the bytes behind it.
        while (marks.size() > 1 && bytes - second().bytes() >= keepBytes) {
            marks.removeFirst();
        }
    }

    private Mark second() {
        return marks.stream().skip(1).findFirst().orElseThrow();
    }

    /** Up to where entries may go, at most {@code durableIndex}; negative: none. */
    long purgeable(long durableIndex) {
        Mark first = marks.peekFirst();
        long byBytes = first != null && bytes - first.bytes() >= keepBytes ? first.index() : -1;
        return Math.min(durableIndex, Math.max(durableIndex - keepEntries, byBytes));
    }
}
