package io.vectordb.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.data.TestData;
import io.vectordb.benchmarks.run.AnnOptions;
import io.vectordb.benchmarks.run.AnnReport;
import io.vectordb.benchmarks.run.BeamResult;
import io.vectordb.benchmarks.run.BuildResult;
import io.vectordb.benchmarks.run.EngineResult;
import io.vectordb.benchmarks.run.Pass;
import io.vectordb.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportTest {

    @TempDir
    private Path folder;

    private AnnReport report() throws Exception {
        Dataset dataset = TestData.dataset(folder, Seeds.random(ReportTest.class), 30, 2, Similarity.L2);
        return new AnnReport(
                AnnOptions.parse(List.of("set", "--threads", "1,2")),
                dataset,
                List.of(
                        engine("vectordb", "Vector<DB> & Co", true, 2),
                        engine("hnswlib", "hnswlib", false, 1),
                        engine("lucene", "Lucene", false, 0.5)));
    }

    private static EngineResult engine(String name, String label, boolean ours, double speed) {
        List<BeamResult> beams = new ArrayList<>();
        double[] recalls = {0.4, 0.85, 0.96, 1, 1};
        for (int i = 0; i < recalls.length; i++) {
            double qps = speed * 10_000 / (i + 1);
            beams.add(new BeamResult(10 << i, List.of(new Pass(qps, recalls[i], 1e6 / qps, 2e6 / qps))));
        }
        BuildResult build = new BuildResult(1, List.of(3.5, 2.5, 4.5), (long) (speed * 30_000), 600, 1_000_000);
        return new EngineResult(name, label, ours, "1.2", List.of(build), beams);
    }

    @Test
    void thePlotIsWellFormedAndNamesEveryEngine() throws Exception {
        AnnReport report = report();
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(SvgPlot.of(report).getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("Vector<DB> & Co", "hnswlib", "Lucene", "0.99", "10,000", "recall@10")
                .doesNotContain("NaN");
        assertThat(SvgPlot.of(report)).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void aPlotWithoutPointsIsStillAPlot() throws Exception {
        AnnReport report = report();
        AnnReport empty = new AnnReport(report.options(), report.dataset(), List.of());
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(SvgPlot.of(empty).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theTableGivesRatesRatiosBuildsAndMemory() throws Exception {
        String table = ComparisonTable.of(report());
        assertThat(table)
                .containsPattern("\\| Vector<DB> & Co \\| +8,320 \\| +2.00x")
                .containsPattern("\\| hnswlib +\\| +4,160 \\| +1.00x")
                .containsPattern("\\| Lucene +\\| +2,080 \\| +0.50x")
                .containsPattern("\\| hnswlib +\\| +3.50 \\| +1.00x \\| +– \\| +– \\| +0.030 \\| +1,000 \\|")
                .contains("30 x 24", "hnswlib 1.2", "Machine: cpu");
    }

    @Test
    void theJsonHoldsEveryPass() throws Exception {
        JsonNode json = JsonMapper.builder().build().readTree(ResultsJson.of(report()));
        assertThat(json.at("/dataset/vectors").asInt()).isEqualTo(30);
        assertThat(json.at("/engines/0/beams/1/rounds/0/qps").asDouble()).isEqualTo(10_000);
        assertThat(json.at("/engines/1/builds/0/seconds/2").asDouble()).isEqualTo(4.5);
        assertThat(json.at("/engines/1/qps_at_recall/0.95").asDouble()).isBetween(3_333.0, 5_000.0);
    }

    @Test
    void labelsKeepTheirOrderAndTheirDistance() {
        double[] placed = PlotLabels.spread(new double[] {100, 98, 395, 99}, 20, 90, 400);
        assertThat(placed).containsExactly(138, 98, 395, 118);
        assertThat(PlotLabels.spread(new double[] {399, 400}, 20, 90, 400)).containsExactly(380, 400);
    }

    @Test
    void figuresHaveThreeDigits() {
        assertThat(List.of(12_345.0, 999.4, 12.34, 1.234, 0.1234, Double.NaN))
                .extracting(Figures::round)
                .containsExactly("12,300", "999", "12.3", "1.23", "0.123", "–");
    }
}
