package io.vectordb.coordinator;

import io.vectordb.internal.storage.v1.GetRequest;

/** What a read's level asks of a storage node. */
final class StorageLevels {

    private StorageLevels() {}

    /** Bounded reads of records are linearizable: that costs one round and keeps the promise under every clock. */
    static GetRequest.Level of(ReadLevel level) {
        return switch (level.level()) {
            case SESSION -> GetRequest.Level.AT_LEAST;
            case EVENTUAL -> GetRequest.Level.LOCAL;
            case STRONG, BOUNDED, LEVEL_UNSPECIFIED, UNRECOGNIZED -> GetRequest.Level.LINEARIZABLE;
        };
    }
}
