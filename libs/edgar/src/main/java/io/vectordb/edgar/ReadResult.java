package io.vectordb.edgar;

import java.util.List;

/** What reading one file gave. */
public sealed interface ReadResult {

    /** The filings of a file, nearly always one; never empty. */
    record Filings(List<Filing> filings) implements ReadResult {
        public Filings {
            filings = List.copyOf(filings);
        }
    }

    /** The file has no text of a filing, or cannot be read; {@code reason} is one line for people. */
    record Skipped(String reason) implements ReadResult {}
}
