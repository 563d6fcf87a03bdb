package io.vectordb.vectorindex;

import io.vectordb.vectorindex.quantization.CodeFormat;
import java.util.Optional;

/**
 * How short the codes are that a walk goes by. Whatever it is, vectors are kept as they came in as well, and distances
 * that are reported are computed from those.
 */
public enum Quantization {
    /** No codes: the walk compares the vectors themselves. */
    NONE,
    /** A byte per component. */
    INT8,
    /** Four bits per component: as good as the vectors themselves to walk by, at an eighth of their size. */
    INT4,
    /** One bit per component; the walk needs to be about twice as wide. */
    BINARY;

    Optional<CodeFormat> codeFormat() {
        return switch (this) {
            case NONE -> Optional.empty();
            case INT8 -> Optional.of(CodeFormat.EIGHT_BITS);
            case INT4 -> Optional.of(CodeFormat.FOUR_BITS);
            case BINARY -> Optional.of(CodeFormat.ONE_BIT);
        };
    }
}
