package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.peer.Catalog;
import io.vectordb.benchmarks.run.AnnReport;
import io.vectordb.benchmarks.run.BeamResult;
import io.vectordb.benchmarks.run.BuildResult;
import io.vectordb.benchmarks.run.EngineResult;
import io.vectordb.benchmarks.run.Pass;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A comparison with every pass of every round, for whoever wants to compute something else from it. */
public final class ResultsJson {

    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultsJson() {}

    public static String of(AnnReport report) {
        ObjectNode root = MAPPER.createObjectNode();
        ObjectNode dataset = root.putObject("dataset");
        dataset.put("name", report.dataset().name());
        dataset.put("vectors", report.dataset().base().size());
        dataset.put("dimension", report.dataset().base().dimension());
        dataset.put("queries", report.dataset().queries().size());
        dataset.put("metric", report.dataset().similarity().word());
        dataset.put("note", report.dataset().note());
        ObjectNode parameters = root.putObject("parameters");
        parameters.put("m", report.options().m());
        parameters.put("ef_construction", report.options().efConstruction());
        parameters.put("k", AnnReport.K);
        parameters.put("rounds", report.options().rounds());
        parameters.put("clock", report.options().clock().word());
        parameters.put("reference", Catalog.REFERENCE);
        ArrayNode jvmFlags = parameters.putArray("jvm_flags");
        Catalog.JVM_FLAGS.forEach(jvmFlags::add);
        report.options().jvmFlags().forEach(jvmFlags::add);
        ObjectNode machine = root.putObject("machine");
        Machine.describe().forEach(machine::put);
        ArrayNode engines = root.putArray("engines");
        report.engines().forEach(engine -> add(engine, engines.addObject()));
        return MAPPER.writeValueAsString(root) + "\n";
    }

    private static void add(EngineResult engine, ObjectNode node) {
        node.put("name", engine.name());
        node.put("label", engine.label());
        node.put("version", engine.version());
        ArrayNode builds = node.putArray("builds");
        for (BuildResult build : engine.builds()) {
            ObjectNode item = builds.addObject();
            item.put("threads", build.threads());
            ArrayNode seconds = item.putArray("seconds");
            build.seconds().forEach(seconds::add);
            item.put("search_bytes", build.searchBytes());
            item.put("rescore_bytes", build.rescoreBytes());
            item.put("process_anonymous_bytes", build.anonymousBytes());
        }
        ObjectNode rates = node.putObject("qps_at_recall");
        AnnReport.RECALLS.forEach(
                recall -> engine.curve().at(recall).ifPresent(rate -> rates.put(Double.toString(recall), rate.qps())));
        ArrayNode beams = node.putArray("beams");
        engine.beams().forEach(beam -> add(beam, beams.addObject()));
    }

    private static void add(BeamResult beam, ObjectNode node) {
        node.put("ef", beam.ef());
        node.put("recall", beam.recall());
        node.put("qps", beam.qps());
        node.put("p50_micros", beam.p50Micros());
        node.put("p99_micros", beam.p99Micros());
        ArrayNode rounds = node.putArray("rounds");
        for (Pass pass : beam.passes()) {
            ObjectNode item = rounds.addObject();
            item.put("qps", pass.qps());
            item.put("recall", pass.recall());
            item.put("p50_micros", pass.p50Micros());
            item.put("p99_micros", pass.p99Micros());
        }
    }
}
