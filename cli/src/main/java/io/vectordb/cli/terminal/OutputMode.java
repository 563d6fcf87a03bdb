package io.vectordb.cli.terminal;

/** How results are printed. */
public enum OutputMode {
    /** For people. */
    table,
    /** The body of the REST answer, byte for byte. */
    json,
    /** One item of the answer on each line. */
    ndjson,
    /** RFC 4180, with a head. */
    csv
}
