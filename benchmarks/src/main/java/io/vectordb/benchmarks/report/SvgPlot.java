package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.run.AnnReport;
import io.vectordb.benchmarks.run.Curve;
import io.vectordb.benchmarks.run.EngineResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Recall against queries per second, one line per engine: to the right fewer misses, upwards more speed, both
 * logarithmic. Colours are those of Okabe and Ito, which people with any colour vision can tell apart; shapes differ
 * too, and each line carries its name.
 */
public final class SvgPlot {

    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;
    private static final int LEFT = 84;
    private static final int RIGHT = 780;
    private static final int TOP = 84;
    private static final int BOTTOM = 520;
    private static final double LEAST_RECALL = 0.5;
    private static final double LABEL_GAP = 19;
    private static final double[] RECALL_TICKS = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999};
    private static final List<String> OURS =
            List.of("#D55E00", "#CC79A7", "#E69F00", "#882255", "#009E73", "#56B4E9", "#7A7A7A");
    private static final List<String> OTHERS = List.of("#0072B2", "#56B4E9", "#009E73", "#000000", "#7A7A7A");

    private final AnnReport report;
    private final List<PlotLine> lines;
    private final Scale x;
    private final Scale y;
    private final StringBuilder svg = new StringBuilder();

    private SvgPlot(AnnReport report) {
        this.report = report;
        lines = lines(report.engines());
        x = new Scale(
                Scale.ofRecall(extreme(Curve.Point::recall, true) - 0.002),
                Scale.ofRecall(Scale.HIGHEST_RECALL),
                LEFT,
                RIGHT);
        y = new Scale(
                Math.log10(extreme(Curve.Point::qps, true) / 1.15),
                Math.log10(extreme(Curve.Point::qps, false) * 1.15),
                BOTTOM,
                TOP);
    }

    public static String of(AnnReport report) {
        return new SvgPlot(report).draw();
    }

    private static List<PlotLine> lines(List<EngineResult> engines) {
        List<PlotLine> lines = new ArrayList<>();
        int ours = 0;
        int others = 0;
        for (EngineResult engine : engines) {
            String color = engine.ours() ? OURS.get(ours++ % OURS.size()) : OTHERS.get(others++ % OTHERS.size());
            PlotLine.Marker[] markers = PlotLine.Marker.values();
            List<Curve.Point> visible = untilTheEdge(engine.curve().points().stream()
                    .filter(point -> point.recall() >= LEAST_RECALL)
                    .toList());
            if (!visible.isEmpty()) {
                PlotLine.Marker marker = markers[lines.size() % markers.length];
                lines.add(new PlotLine(engine.label(), engine.ours(), color, marker, new Curve(visible)));
            }
        }
        return lines;
    }

    /** Wider beams than one that misses nothing visible say nothing more. */
    private static List<Curve.Point> untilTheEdge(List<Curve.Point> points) {
        List<Curve.Point> kept = new ArrayList<>();
        for (Curve.Point point : points) {
            kept.add(point);
            if (point.recall() >= Scale.HIGHEST_RECALL) {
                break;
            }
        }
        return kept;
    }

    private double extreme(ToDoubleFunction<Curve.Point> value, boolean least) {
        var values =
                lines.stream().flatMap(line -> line.curve().points().stream()).mapToDouble(value);
        return least ? values.min().orElse(LEAST_RECALL) : values.max().orElse(1);
    }

    private String draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif\">",
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
        drawTitle();
        drawRecallAxis();
        drawRateAxis();
        // Ours last, hence on top.
        lines.stream().filter(line -> !line.emphasised()).forEach(this::drawLine);
        lines.stream().filter(PlotLine::emphasised).forEach(this::drawLine);
        drawLabels();
        add("</svg>");
        return svg.toString();
    }

    private void drawTitle() {
        text(
                LEFT,
                34,
                "start",
                20,
                "#1a1a1a",
                "600",
                "Recall against speed: " + report.dataset().name());
        String what = String.format(
                Locale.ROOT,
                "%,d vectors of %d dimensions, %s, M=%d, efConstruction=%d, one thread, median of %d rounds; up and right is"
                        + " better",
                report.dataset().base().size(),
                report.dataset().base().dimension(),
                report.dataset().similarity().word(),
                report.options().m(),
                report.options().efConstruction(),
                report.options().rounds());
        text(LEFT, 58, "start", 13, "#555555", "400", what);
    }

    private void drawRecallAxis() {
        for (double tick : RECALL_TICKS) {
            double at = x.at(Scale.ofRecall(tick));
            if (at >= LEFT) {
                grid(at, TOP, at, BOTTOM);
                text(at, BOTTOM + 22, "middle", 13, "#444444", "400", Double.toString(tick));
            }
        }
        text(
                (LEFT + RIGHT) / 2.0,
                BOTTOM + 50,
                "middle",
                14,
                "#1a1a1a",
                "400",
                "recall@10 (by the logarithm of what is missed)");
    }

    private void drawRateAxis() {
        double low = Math.pow(10, y.lowest());
        double high = Math.pow(10, y.highest());
        for (double decade = Math.pow(10, Math.floor(y.lowest())); decade <= high; decade *= 10) {
            for (int step : new int[] {1, 2, 5}) {
                double tick = decade * step;
                if (tick >= low && tick <= high) {
                    double at = y.at(Math.log10(tick));
                    grid(LEFT, at, RIGHT, at);
                    text(LEFT - 10, at + 4.5, "end", 13, "#444444", "400", String.format(Locale.ROOT, "%,.0f", tick));
                }
            }
        }
        add(
                "<text transform=\"translate(22 %.1f) rotate(-90)\" text-anchor=\"middle\" font-size=\"14\""
                        + " fill=\"#1a1a1a\">queries per second (logarithmic)</text>",
                (TOP + BOTTOM) / 2.0);
    }

    private void drawLine(PlotLine line) {
        StringBuilder path = new StringBuilder();
        for (Curve.Point point : line.curve().points()) {
            path.append(path.isEmpty() ? 'M' : 'L').append(String.format(Locale.ROOT, "%.1f %.1f", x(point), y(point)));
        }
        add(
                "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" stroke-linejoin=\"round\"/>",
                path, line.color(), line.emphasised() ? "3.5" : "1.8");
        line.curve().points().forEach(point -> drawMarker(line, x(point), y(point)));
    }

    private void drawMarker(PlotLine line, double atX, double atY) {
        double r = line.emphasised() ? 5 : 4;
        String style = "fill=\"" + line.color() + "\" stroke=\"#ffffff\" stroke-width=\"1\"";
        switch (line.marker()) {
            case CIRCLE -> add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" %s/>", atX, atY, r, style);
            case SQUARE ->
                add(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>",
                        atX - r, atY - r, 2 * r, 2 * r, style);
            case DIAMOND ->
                polygon(style, atX, atY - 1.3 * r, atX + 1.3 * r, atY, atX, atY + 1.3 * r, atX - 1.3 * r, atY);
            case TRIANGLE -> polygon(style, atX, atY - 1.2 * r, atX + 1.2 * r, atY + r, atX - 1.2 * r, atY + r);
        }
    }

    private void polygon(String style, double... coordinates) {
        StringBuilder points = new StringBuilder();
        for (double coordinate : coordinates) {
            points.append(String.format(Locale.ROOT, "%.1f ", coordinate));
        }
        add("<polygon points=\"%s\" %s/>", points.toString().strip(), style);
    }

    /** Beside the last point of each line, with a thin lead where a name had to move. */
    private void drawLabels() {
        double[] ends = lines.stream()
                .mapToDouble(line -> y(line.curve().points().getLast()))
                .toArray();
        double[] heights = PlotLabels.spread(ends, LABEL_GAP, TOP + 8, BOTTOM);
        for (int i = 0; i < lines.size(); i++) {
            PlotLine line = lines.get(i);
            double end = x(line.curve().points().getLast());
            add(
                    "<path d=\"M%.1f %.1fL%d %.1f\" stroke=\"%s\" stroke-width=\"0.8\" stroke-dasharray=\"2 3\" fill=\"none\"/>",
                    end + 6, ends[i], RIGHT + 16, heights[i], line.color());
            drawMarker(line, RIGHT + 24, heights[i]);
            text(RIGHT + 36, heights[i] + 4.5, "start", 14, "#1a1a1a", line.emphasised() ? "700" : "500", line.label());
        }
    }

    private double x(Curve.Point point) {
        return x.at(Scale.ofRecall(point.recall()));
    }

    private double y(Curve.Point point) {
        return y.at(Math.log10(point.qps()));
    }

    private void grid(double fromX, double fromY, double toX, double toY) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\" stroke-width=\"1\"/>",
                fromX, fromY, toX, toY);
    }

    private void text(double atX, double atY, String anchor, int size, String color, String weight, String content) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\" font-weight=\"%s\">%s</text>",
                atX,
                atY,
                anchor,
                size,
                color,
                weight,
                content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
