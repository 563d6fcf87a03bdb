package io.vectordb.metadata.placement;

import java.util.Locale;

/** How figures are written in reasons. */
final class Words {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Words() {}

    static String bytes(double bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0
                ? Math.round(value) + " B"
                : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    }

    static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    static String zone(String zone) {
        return zone.isEmpty() ? "without a name" : zone;
    }
}
