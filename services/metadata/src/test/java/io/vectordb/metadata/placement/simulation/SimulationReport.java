package io.vectordb.metadata.placement.simulation;

import io.vectordb.metadata.placement.Cause;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What happened in a simulation. */
final class SimulationReport {

    private static final long HOUR = 3_600;

    private record Left(long time, Cause cause) {}

    final Map<Cause, Integer> moves = new EnumMap<>(Cause.class);
    final Map<Cause, Double> movedBytes = new EnumMap<>(Cause.class);
    final List<String> lines = new ArrayList<>();
    final List<Long> planNanos = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final List<Long> unwholeSeconds = new ArrayList<>();
    private final Map<String, Left> left = new HashMap<>();
    /** Back within an hour, both times for balance. */
    int turnedBack;
    /** Back within an hour, where one of the two ways was for safety or a drain. */
    int turnedBackForCause;
    /** Back within six hours, but not within one, both times for balance. */
    int turnedBackLater;

    int lostByPlanner;
    int aborted;
    double shardSecondsWithoutMajority;
    double mostBytes;
    double mostBytesAtEnd;
    double mostLoadAtEnd;

    void moved(String shard, String source, String target, Cause cause, double bytes, long now) {
        moves.merge(cause, 1, Integer::sum);
        movedBytes.merge(cause, bytes, Double::sum);
        Left before = left.get(shard + "@" + target);
        if (before != null && now - before.time <= HOUR) {
            if (isBalance(cause) && isBalance(before.cause)) {
                turnedBack++;
                events.add(clock(now) + " " + shard + " is back on " + target + ": " + before.cause + ", " + cause);
            } else {
                turnedBackForCause++;
            }
        } else if (before != null && now - before.time <= 6 * HOUR && isBalance(cause) && isBalance(before.cause)) {
            turnedBackLater++;
        }
        if (!source.isEmpty()) {
            left.put(shard + "@" + source, new Left(now, cause));
        }
    }

    private static boolean isBalance(Cause cause) {
        return switch (cause) {
            case BYTES, LOAD, ZONE, LEADERS, DISK -> true;
            case SAFETY, DRAIN -> false;
        };
    }

    double bytes() {
        return movedBytes.values().stream().mapToDouble(each -> each).sum();
    }

    double bytes(Cause cause) {
        return movedBytes.getOrDefault(cause, 0.0);
    }

    String summary() {
        List<Long> nanos = planNanos.stream().sorted().toList();
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        events.forEach(line -> text.append(line).append('\n'));
        moves.forEach((cause, count) ->
                text.append(String.format(Locale.ROOT, "%s: %d copies, %.2f TB%n", cause, count, bytes(cause) / 1e12)));
        text.append(String.format(
                Locale.ROOT,
                "plans: %d, %.1f ms at the median, %.1f ms at the 99th percentile, %.1f ms at most%n",
                nanos.size(),
                nanos.get(nanos.size() / 2) / 1e6,
                nanos.get(nanos.size() * 99 / 100) / 1e6,
                nanos.getLast() / 1e6));
        text.append(String.format(
                Locale.ROOT,
                "back within an hour: %d for balance, %d after safety or a drain; within six hours for balance: %d;"
                        + " copies given up %d%n",
                turnedBack,
                turnedBackForCause,
                turnedBackLater,
                aborted));
        text.append(String.format(
                Locale.ROOT,
                "majorities lost by a plan: %d; shard seconds without a majority by failures: %.0f%n",
                lostByPlanner,
                shardSecondsWithoutMajority));
        text.append("minutes until all shards were whole again: ")
                .append(unwholeSeconds.stream()
                        .map(each -> String.valueOf(Math.round(each / 60.0)))
                        .toList())
                .append('\n');
        return text.toString();
    }

    static String clock(long seconds) {
        return String.format(Locale.ROOT, "%02d:%02d", seconds / HOUR, seconds % HOUR / 60);
    }
}
