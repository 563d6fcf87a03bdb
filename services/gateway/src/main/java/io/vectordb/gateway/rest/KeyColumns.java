package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.GetCollectionRequest;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * The key columns of collections, which tell what a key in a path is: text or a number, and the field it stands for.
 * Remembered for a few seconds; forgotten when a call fails that relied on one. Thread-safe.
 */
final class KeyColumns {

    private static final long LIFE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST = 1_000;

    private final Rpc getCollection;
    private final Coordinator coordinator;
    private final Map<String, KeyColumn> known = new ConcurrentHashMap<>();

    KeyColumns(Rpc getCollection, Coordinator coordinator) {
        this.getCollection = getCollection;
        this.coordinator = coordinator;
    }

    /**
     * The key column of one collection.
     *
     * @param name of the field
     * @param isInteger whether its values are integers, else text
     * @param readNanos when it was learnt, of {@link System#nanoTime()}
     */
    record KeyColumn(String name, boolean isInteger, long readNanos) {

        /** @throws VectorDbException {@code INVALID_VALUE} when the key is not of the column's type */
        RecordKey key(String text) {
            return isInteger
                    ? RecordKey.newBuilder().setIntKey(integer(text)).build()
                    : RecordKey.newBuilder().setStringKey(text).build();
        }

        Value value(String text) {
            return isInteger
                    ? Value.newBuilder().setIntValue(integer(text)).build()
                    : Value.newBuilder().setStringValue(text).build();
        }

        private static long integer(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "the keys of this collection are integers, found " + text,
                        Map.of(Problems.PARAMETER, "key"));
            }
        }
    }

    Mono<KeyColumn> of(String collection, CallContext context) {
        KeyColumn column = known.get(collection);
        if (column != null && System.nanoTime() - column.readNanos() < LIFE_NANOS) {
            return Mono.just(column);
        }
        GetCollectionRequest request =
                GetCollectionRequest.newBuilder().setCollection(collection).build();
        return coordinator.unary(getCollection, request, context).map(answer -> {
            KeyColumn read = column((Collection) answer);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(collection, read);
            return read;
        });
    }

    void forget(String collection) {
        known.remove(collection);
    }

    private static KeyColumn column(Collection collection) {
        String name = collection.getSchema().getPrimaryKeyCount() == 0
                ? "id"
                : collection.getSchema().getPrimaryKey(0);
        boolean isInteger = collection.getSchema().getFieldsList().stream()
                .filter(field -> field.getName().equals(name))
                .map(Field::getType)
                .anyMatch(type -> type.equalsIgnoreCase("int32") || type.equalsIgnoreCase("int64"));
        return new KeyColumn(name, isInteger, System.nanoTime());
    }
}
