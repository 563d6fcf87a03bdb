package io.vectordb.common;

/** The limits that the public API promises; {@code GetInfo} publishes them. */
public final class Limits {

    public static final int REQUEST_BYTES = 32 << 20;
    public static final int RESPONSE_BYTES = 64 << 20;
    public static final int BATCH_ITEMS = 1_000;
    public static final int RECORD_BYTES = 1 << 20;
    public static final int KEY_BYTES = 512;
    public static final int FIELD_NAME_BYTES = 256;
    public static final int KEYWORD_BYTES = 32_766;
    public static final int TEXT_BYTES = 1 << 20;
    public static final int VECTOR_DIMENSIONS = 4_096;
    public static final int FIELDS = 1_000;
    public static final int NESTING = 28;
    public static final int K = 10_000;
    public static final int EF_SEARCH = 100_000;
    public static final int PAGE = 10_000;
    public static final int PAGE_DEFAULT = 100;
    public static final int REQUEST_ID_BYTES = 64;
    public static final int TAG_BYTES = 256;
    public static final int FILTER_BYTES = 64 << 10;
    public static final int FILTER_DEPTH = 64;
    public static final int FILTER_NODES = 1_024;
    public static final int IN_VALUES = 10_000;
    public static final int PARAMETER_VALUES = 65_536;
    /** What one shard applies in one log entry, and so the most an atomic batch may hold. */
    public static final int ENTRY_BYTES = 2 << 20;

    public static final int BUCKETS_DEFAULT = 64;
    public static final int BUCKETS = 4_096;

    private Limits() {}
}
