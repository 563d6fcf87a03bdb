package io.vectordb.benchmarks.run;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** All that was measured of one engine. */
public record EngineResult(
        String name, String label, boolean ours, String version, List<BuildResult> builds, List<BeamResult> beams) {

    public EngineResult {
        builds = List.copyOf(builds);
        beams = List.copyOf(beams);
    }

    public Curve curve() {
        return new Curve(beams.stream()
                .map(beam -> new Curve.Point(beam.recall(), beam.qps()))
                .toList());
    }

    public Optional<BuildResult> build(int threads) {
        return builds.stream().filter(build -> build.threads() == threads).findFirst();
    }

    /** The rate of each round over that of the other engine in the same round, at one recall. */
    public List<Double> ratios(EngineResult other, double recall) {
        int rounds = Math.min(rounds(), other.rounds());
        return IntStream.range(0, rounds)
                .boxed()
                .flatMap(round -> curve(round).at(recall).stream()
                        .flatMap(rate ->
                                other.curve(round).at(recall).stream().map(reference -> rate.qps() / reference.qps())))
                .toList();
    }

    /** The most by which the rates of rounds with the same beam lie apart. */
    public double spread() {
        return beams.stream().mapToDouble(BeamResult::spread).max().orElse(Double.NaN);
    }

    private int rounds() {
        return beams.isEmpty() ? 0 : beams.getFirst().passes().size();
    }

    private Curve curve(int round) {
        return new Curve(beams.stream()
                .map(beam ->
                        new Curve.Point(beam.recall(), beam.passes().get(round).qps()))
                .toList());
    }
}
