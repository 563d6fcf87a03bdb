package io.vectordb.benchmarks.storage;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What to measure.
 *
 * @param replicas numbers of replicas, one after another
 * @param warmUp seconds of writes before the first measurement: virtual machines that have just started are several times slower
 * @param seconds of each measurement
 * @param rounds of writes, interleaved
 * @param records before a node is killed and started again
 */
public record StorageOptions(List<Integer> replicas, double warmUp, double seconds, int rounds, long records) {

    public StorageOptions {
        replicas = List.copyOf(replicas);
    }

    /** @throws VectorDbException {@code INVALID_VALUE} */
    public static StorageOptions parse(List<String> arguments) {
        List<Integer> replicas = List.of(1, 3);
        double warmUp = 60;
        double seconds = 5;
        int rounds = 3;
        long records = 200_000;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw invalid(option + " needs a value");
            }
            String value = arguments.get(i + 1);
            try {
                switch (option) {
                    case "--replicas" ->
                        replicas = Stream.of(value.split(",", -1))
                                .map(Integer::valueOf)
                                .toList();
                    case "--warm-up" -> warmUp = Double.parseDouble(value);
                    case "--seconds" -> seconds = Double.parseDouble(value);
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--records" -> records = Long.parseLong(value);
                    default -> throw invalid("unknown option " + option + "\n" + StorageBenchmark.USAGE);
                }
            } catch (NumberFormatException e) {
                throw invalid("expected a number after " + option + ", received " + value);
            }
        }
        return new StorageOptions(replicas, warmUp, seconds, rounds, records);
    }

    private static VectorDbException invalid(String message) {
        return new VectorDbException(ErrorCode.INVALID_VALUE, message);
    }
}
