package io.vectordb.query;

/** SQL's three truth values as numbers: AND is the least, OR the greatest, NOT the negative. */
final class Logic {

    static final int TRUE = 1;
    static final int UNKNOWN = 0;
    static final int FALSE = -1;

    private Logic() {}

    static int of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
