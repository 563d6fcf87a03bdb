package io.vectordb.e2e.process;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The index nodes of a cluster, {@code index-1} and so on.
 *
 * @param arguments of each
 * @param held whether they can be held at the steps of making a segment, see {@link StepGate}
 */
record IndexNodes(int count, List<String> arguments, boolean held) {

    static final IndexNodes ONE = new IndexNodes(1, List.of(), false);

    List<String> names() {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> "index-" + number)
                .toList();
    }
}
