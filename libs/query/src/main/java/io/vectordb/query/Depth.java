package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;

/** Counts how deep the parser is in brackets, calls and NOTs, so that no text exhausts its stack. */
final class Depth {

    private final Source source;
    private int depth;

    Depth(Source source) {
        this.source = source;
    }

    void enter(Span span) {
        if (++depth > Limits.FILTER_DEPTH) {
            throw source.fault(
                    ErrorCode.LIMIT_EXCEEDED, "nested " + depth + " deep, at most " + Limits.FILTER_DEPTH, span, "");
        }
    }

    void leave() {
        depth--;
    }
}
