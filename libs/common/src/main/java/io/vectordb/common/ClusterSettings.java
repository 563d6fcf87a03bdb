package io.vectordb.common;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of a cluster that can be changed while it runs, with their values. Immutable.
 *
 * <p>A duration is written as a whole number and its unit: {@code ms}, {@code s}, {@code m}, {@code h}.
 *
 * @param set values of those that were set, by name; each is one that {@link #check} lets pass
 */
public record ClusterSettings(SortedMap<String, String> set) {

    /** All of them at their defaults. */
    public static final ClusterSettings DEFAULTS = new ClusterSettings(new TreeMap<>());

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

    /** What can be set. */
    public enum Key {
        SUSPECT_AFTER(
                "nodes.suspect_after",
                "5s",
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                "A node that is silent for so long is avoided where there is another one"),
        DOWN_AFTER(
                "nodes.down_after",
                "30s",
                Duration.ofSeconds(3),
                Duration.ofHours(1),
                "An index node that is silent for so long has its shards given to others"),
        DEAD_AFTER(
                "nodes.dead_after",
                "10m",
                Duration.ofSeconds(5),
                Duration.ofDays(7),
                "A node that is silent for so long is taken for lost"),
        REBALANCE_MODE(
                "rebalance.mode",
                "all",
                new OneOf(Stream.of(RebalanceMode.values())
                        .map(RebalanceMode::text)
                        .toList()),
                "What the cluster moves by itself: all; urgent, which is lost replicas and full disks; or off");

        private final String key;
        private final String byDefault;
        private final Values values;
        private final String meaning;

        Key(String key, String byDefault, Duration least, Duration most, String meaning) {
            this(key, byDefault, new Durations(least, most), meaning);
        }

        Key(String key, String byDefault, Values values, String meaning) {
            this.key = key;
            this.byDefault = byDefault;
            this.values = values;
            this.meaning = meaning;
        }

        /** Its public name. */
        public String key() {
            return key;
        }

        /** Its value while none is set. */
        public String byDefault() {
            return byDefault;
        }

        /** What it does, one sentence. */
        public String meaning() {
            return meaning;
        }

        static Optional<Key> find(String name) {
            return Stream.of(values()).filter(each -> each.key.equals(name)).findFirst();
        }

        private Optional<Violation> check(String value) {
            return values.problem(value).map(this::violation);
        }

        private Violation violation(String message) {
            return new Violation("set." + key, ErrorCode.INVALID_VALUE, message);
        }
    }

    /** What the cluster moves by itself. Whatever an operator asks for is done in each. */
    public enum RebalanceMode {
        /** All that keeps it safe and even. */
        ALL,
        /** Only what keeps it safe: lost replicas are replaced, full disks relieved. */
        URGENT,
        /** Nothing. */
        OFF;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which values a setting may have. */
    private sealed interface Values {

        /** What is wrong with one; nothing: it may be had. */
        Optional<String> problem(String value);
    }

    private record Durations(Duration least, Duration most) implements Values {

        @Override
        public Optional<String> problem(String value) {
            Optional<Duration> duration = duration(value);
            if (duration.isEmpty()) {
                return Optional.of("expected a duration such as 500ms, 5s, 10m or 2h, received \"" + value + "\"");
            }
            return duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0
                    ? Optional.of("expected " + text(least) + " to " + text(most) + ", received " + value)
                    : Optional.empty();
        }
    }

    private record OneOf(List<String> names) implements Values {

        @Override
        public Optional<String> problem(String value) {
            return names.contains(value)
                    ? Optional.empty()
                    : Optional.of("expected one of " + String.join(", ", names) + ", received \"" + value + "\"");
        }
    }

    public ClusterSettings {
        set = Collections.unmodifiableSortedMap(new TreeMap<>(set));
    }

    /** Those that were set. */
    public static ClusterSettings of(Map<String, String> set) {
        return new ClusterSettings(new TreeMap<>(set));
    }

    /**
     * These with changes.
     *
     * @throws VectorDbException with all violations when a name is unknown, a value is out of its range, or they contradict
     *     each other
     */
    public ClusterSettings with(Map<String, String> changed, List<String> unset) {
        SortedMap<String, String> next = new TreeMap<>(set);
        next.keySet().removeAll(unset);
        next.putAll(changed);
        List<Violation> violations = new ArrayList<>();
        unset.stream().filter(name -> Key.find(name).isEmpty()).forEach(name -> violations.add(unknown("unset", name)));
        changed.forEach((name, value) -> Key.find(name)
                .map(key -> key.check(value))
                .orElseGet(() -> Optional.of(unknown("set", name)))
                .ifPresent(violations::add));
        ClusterSettings settings = new ClusterSettings(next);
        if (violations.isEmpty()) {
            settings.checkOrder(Key.SUSPECT_AFTER, Key.DOWN_AFTER).ifPresent(violations::add);
            settings.checkOrder(Key.DOWN_AFTER, Key.DEAD_AFTER).ifPresent(violations::add);
        }
        if (!violations.isEmpty()) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    violations.getFirst().path() + ": " + violations.getFirst().message(),
                    Map.of(),
                    violations,
                    null);
        }
        return settings;
    }

    private Optional<Violation> checkOrder(Key less, Key more) {
        return duration(less).compareTo(duration(more)) < 0
                ? Optional.empty()
                : Optional.of(more.violation(
                        "expected more than " + less.key + ", which is " + value(less) + ", received " + value(more)));
    }

    private static Violation unknown(String path, String name) {
        return new Violation(
                path + "." + name,
                ErrorCode.INVALID_VALUE,
                "there is no setting " + name + "; there are "
                        + Stream.of(Key.values()).map(Key::key).collect(Collectors.joining(", ")));
    }

    /** The value of one. */
    public String value(Key key) {
        return set.getOrDefault(key.key, key.byDefault);
    }

    /** All values, defaults included. */
    public SortedMap<String, String> values() {
        SortedMap<String, String> values = new TreeMap<>();
        for (Key key : Key.values()) {
            values.put(key.key, value(key));
        }
        return values;
    }

    public Duration suspectAfter() {
        return duration(Key.SUSPECT_AFTER);
    }

    public Duration downAfter() {
        return duration(Key.DOWN_AFTER);
    }

    public Duration deadAfter() {
        return duration(Key.DEAD_AFTER);
    }

    public RebalanceMode rebalanceMode() {
        return Stream.of(RebalanceMode.values())
                .filter(mode -> mode.text().equals(value(Key.REBALANCE_MODE)))
                .findFirst()
                .orElse(RebalanceMode.ALL);
    }

    /** What was set by a program that knew other ranges does not keep this one from running. */
    private Duration duration(Key key) {
        return duration(value(key)).or(() -> duration(key.byDefault)).orElseThrow();
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                });
    }

    private static String text(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + "h";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
    }
}
