package io.vectordb.gateway.bulk;

import io.vectordb.v1.BulkStart;
import java.util.List;

/**
 * How a bulk write is to be done.
 *
 * @param collection where to
 * @param format what a line is
 * @param report which results are sent
 * @param maxFailed stop after so many refusals; 0: never
 * @param tokens that the answer's token is to cover
 * @param requestId of the whole; empty: none
 */
public record BulkOptions(
        String collection,
        Format format,
        BulkStart.Report report,
        long maxFailed,
        List<String> tokens,
        String requestId) {

    /** What a line is. */
    public enum Format {
        /** A record to upsert. */
        RECORDS,
        /** An operation. */
        OPS
    }

    public BulkOptions {
        tokens = List.copyOf(tokens);
    }

    /**
     * What opens the stream to the coordinator. It reports everything: the lines refused here are put between its results in
     * the order of the lines, so all of these have to be known.
     */
    public BulkStart start() {
        return BulkStart.newBuilder()
                .setCollection(collection)
                .setReport(BulkStart.Report.ALL)
                .setMaxFailed(maxFailed)
                .addAllTokens(tokens)
                .setRequestId(requestId)
                .build();
    }
}
