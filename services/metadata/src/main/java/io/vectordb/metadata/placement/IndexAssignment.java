package io.vectordb.metadata.placement;

import java.util.List;

/**
 * Which index nodes serve a shard.
 *
 * @param wanted how many there should be
 * @param nodes also one that is only loading
 * @param memoryBytes what one of them needs for it
 * @param isBusy whether one of them is loading, so that it is left alone
 */
public record IndexAssignment(String shard, int wanted, List<String> nodes, long memoryBytes, boolean isBusy) {

    public IndexAssignment {
        nodes = List.copyOf(nodes);
    }
}
