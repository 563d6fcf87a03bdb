package io.vectordb.benchmarks.data;

/** The vectors that may be found under a filter, one bit each. Any number of threads may ask once it is filled. */
public final class Allowed {

    private final long[] words;
    private int cardinality;

    public Allowed(int size) {
        words = new long[wordCount(size)];
    }

    Allowed(long[] words) {
        this.words = words;
        for (long word : words) {
            cardinality += Long.bitCount(word);
        }
    }

    static int wordCount(int size) {
        return (size + Long.SIZE - 1) / Long.SIZE;
    }

    public void add(int ordinal) {
        if (!contains(ordinal)) {
            words[ordinal >> 6] |= 1L << ordinal;
            cardinality++;
        }
    }

    public boolean contains(int ordinal) {
        return (words[ordinal >> 6] & 1L << ordinal) != 0;
    }

    public int cardinality() {
        return cardinality;
    }

    /** The bits, the lowest ordinal lowest; not to be written to. */
    public long[] words() {
        return words;
    }
}
