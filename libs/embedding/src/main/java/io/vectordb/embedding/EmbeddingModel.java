package io.vectordb.embedding;

/**
 * Turns a text into a vector. Deterministic: the same text gives the same vector on every node of one version.
 *
 * <p>Thread-safe; a call computes on the calling thread (about 10 ms for a passage of 100 words on one core).
 */
public interface EmbeddingModel {

    /** What a schema calls it by. */
    String name();

    int dimension();

    /** The longest text it takes, in the tokens of its own vocabulary, without the two that mark begin and end. */
    int maxTokens();

    /**
     * The vector of a text, of unit length.
     *
     * @throws io.vectordb.common.VectorDbException {@code TEXT_TOO_LONG} when the text has more than {@link #maxTokens()}
     */
    float[] embed(String text);
}
