package io.vectordb.indexnode;

import io.vectordb.vectorindex.MemoryBudget;
import java.util.concurrent.Executor;

/**
 * What the followers of a node share.
 *
 * @param budget of the memory of vectors and graphs that are not in files
 * @param filesBudget of what is held in memory of graphs and codes in files
 * @param rowBytes how large the rows of one shard may be that are in memory, before no more are taken in
 * @param loading opens and fetches segments that were published while a shard is followed
 * @param steps told when a published segment is put in
 * @param segmentsChanged is run when a follower needs other segment files than before
 */
record IndexWork(
        MemoryBudget budget,
        MemoryBudget filesBudget,
        long rowBytes,
        SegmentCache files,
        SegmentBuilder builder,
        Executor loading,
        BuildSteps steps,
        Runnable segmentsChanged) {}
