package io.vectordb.vectorindex;

/** A filter whose caller knows about how many pass, and what it costs to ask. */
record EstimatedFilter(OrdinalFilter filter, double passingShare, double testNanos) implements OrdinalFilter {

    EstimatedFilter {
        if (!(passingShare <= 1) || !(passingShare >= 0 || passingShare == UNKNOWN_SHARE)) {
            throw new IllegalArgumentException(
                    "expected a share from 0 to 1 or UNKNOWN_SHARE, received " + passingShare);
        }
        if (!(testNanos >= 0)) {
            throw new IllegalArgumentException("expected a time of 0 ns or more, received " + testNanos);
        }
    }

    @Override
    public boolean test(int ordinal) {
        return filter.test(ordinal);
    }
}
