package io.vectordb.benchmarks.report;

import java.util.Locale;

/** Numbers as tables show them. */
final class Figures {

    private Figures() {}

    /** Three significant digits, without an exponent and with commas. */
    static String round(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size >= 1_000) {
            double unit = Math.pow(10, Math.floor(Math.log10(size)) - 2);
            return String.format(Locale.ROOT, "%,.0f", Math.rint(value / unit) * unit);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String recall(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2fx", value) : "–";
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * value);
    }

    static String megabytes(long bytes) {
        return round(bytes / 1e6);
    }
}
