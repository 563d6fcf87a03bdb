package io.vectordb.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names that were probably meant: those at most a third of their letters away, counting insertions, deletions,
 * replacements and swaps of neighbours (the optimal string alignment distance), and those that begin with what was
 * written. Case does not count.
 */
public final class NearNames {

    private static final int MOST = 3;
    /** Longer names are data rather than slips of the pen, and comparing them would cost their square. */
    private static final int LONGEST = 64;

    private NearNames() {}

    /** At most three names near to {@code wrong}, the nearest first. */
    public static List<String> of(String wrong, Collection<String> names) {
        if (wrong.isEmpty() || wrong.length() > LONGEST) {
            return List.of();
        }
        String lower = wrong.toLowerCase(Locale.ROOT);
        int most = Math.max(1, wrong.length() / 3);
        return names.stream()
                .filter(name -> name.length() <= LONGEST)
                .distinct()
                .map(name -> Map.entry(name, distance(lower, name.toLowerCase(Locale.ROOT), most)))
                .filter(entry -> entry.getValue() <= most)
                .sorted(Comparator.comparingInt(Map.Entry<String, Integer>::getValue)
                        .thenComparing(Map.Entry::getKey))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** {@code did you mean a, b or c?}, or nothing where there are none. */
    public static String didYouMean(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String first = names.subList(0, names.size() - 1).stream().collect(Collectors.joining(", "));
        return "did you mean " + (first.isEmpty() ? "" : first + " or ") + names.getLast() + "?";
    }

    private static int distance(String wrong, String name, int most) {
        int whole = alignment(wrong, name);
        boolean begins = wrong.length() >= 3 && name.startsWith(wrong);
        return begins ? Math.min(whole, most) : whole;
    }

    private static int alignment(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, String b, int i, int j) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
