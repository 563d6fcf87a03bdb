package io.vectordb.vectorindex;

import io.vectordb.vectorindex.quantization.CodeQuery;
import io.vectordb.vectorindex.quantization.Quantizer;

/** The codes of the vectors of one field. Threading: as {@link Region}; different nodes may be written at the same time. */
final class CodeStore implements NodeScorer {

    private final Quantizer quantizer;
    private final Region codes;

    CodeStore(Quantizer quantizer, Region codes) {
        this.quantizer = quantizer;
        this.codes = codes;
    }

    Quantizer quantizer() {
        return quantizer;
    }

    /** Makes room; one thread at a time. */
    void ensure(int count) {
        codes.ensure(count);
    }

    /** Stores the code of a vector for a node for which there is room. */
    void put(int node, float[] vector, CodeQuery scratch) {
        quantizer.encode(vector, scratch, codes.address(node));
    }

    @Override
    public void prepare(Query query, float[] vector) {
        quantizer.prepare(vector, query.code());
    }

    @Override
    public void prepare(Query query, int node) {
        quantizer.prepare(codes.address(node), query.code());
    }

    @Override
    public void distances(Query query, long nodes, int count, long out) {
        long addresses = query.addresses(count);
        codes.addresses(nodes, count, addresses);
        quantizer.distances(query.code(), addresses, count, out);
    }

    /** The standard deviation of the error of an estimated distance, about. */
    float deviation(Query query, int node) {
        return quantizer.deviation(query.code(), codes.address(node));
    }

    long memoryBytes() {
        return codes.memoryBytes();
    }

    void release() {
        codes.release();
    }
}
