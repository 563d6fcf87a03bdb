package io.vectordb.segment.fields;

/** The names of the Lucene fields, which stand in files. */
final class IndexFields {

    /** Of the commit's user data: the version of all this. */
    static final String FORMAT_KEY = "format";

    static final String FORMAT = "1";

    /** Terms of path, kind and number of the space that the values of the two have among {@link #POINTS}. */
    static final String SPACES = "spaces";

    /** The number of a space and the coarse bytes of a value: one dimension for all paths. */
    static final String POINTS = "points";

    static final int SPACE_BYTES = Integer.BYTES;
    static final int POINT_BYTES = SPACE_BYTES + ValueCodec.COARSE_BYTES;

    private IndexFields() {}

    /**
     * What terms are about.
     *
     * @param kinds the field whose terms are path and kind
     * @param values the field whose terms are path, kind and value
     */
    record Source(String kinds, String values) {

        /** The values that paths give. */
        static final Source ROWS = new Source("kinds", "values");

        /** The items of those that are lists. */
        static final Source ITEMS = new Source("item_kinds", "item_values");
    }
}
