package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.embedding.Embedder;
import io.vectordb.embedding.Embedder.Priority;
import io.vectordb.internal.storage.v1.DeleteOp;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PatchOp;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.schema.Coerced;
import io.vectordb.schema.CoercedPatch;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.EmbedRule;
import io.vectordb.schema.PatchCoercion;
import io.vectordb.schema.RecordCoercion;
import io.vectordb.schema.RecordKeys;
import io.vectordb.schema.SchemaField;
import io.vectordb.schema.VectorValues;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Schema;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/**
 * The first half of a write: types the items against the schema, fixes new fields in the metadata, embeds texts. What is
 * wrong with an item is told by that item; nothing has changed by then but, perhaps, the schema's dynamic fields.
 */
final class WritePreparation {

    /** Racing writers that bring new fields: each round one of them wins, so a few rounds suffice for all. */
    private static final int SCHEMA_RACES = 10;

    private final Catalog catalog;
    private final Embedder embedder;

    WritePreparation(Catalog catalog, Embedder embedder) {
        this.catalog = catalog;
        this.embedder = embedder;
    }

    /** The items of a request, typed and with their vectors, and the collection as they were typed against it. */
    record Prepared(CollectionHandle collection, List<WriteItem> items) {}

    Mono<Prepared> prepare(CollectionHandle collection, List<WriteOp> ops, TimeBudget time) {
        return type(collection, ops, time, 0).flatMap(this::embed);
    }

    private Mono<Prepared> type(CollectionHandle collection, List<WriteOp> ops, TimeBudget time, int races) {
        CollectionSchema schema = collection.schema();
        List<Field> newFields = new ArrayList<>();
        List<WriteItem> items = new ArrayList<>(ops.size());
        for (int i = 0; i < ops.size(); i++) {
            WriteOp op = ops.get(i);
            WriteItem item = new WriteItem(i, op.getTag());
            items.add(item);
            try {
                List<Field> added = type(collection, schema, op, item);
                if (!added.isEmpty()) {
                    newFields.addAll(added);
                    schema = with(schema, added);
                }
            } catch (VectorDbException e) {
                item.refuse(GrpcErrors.toItemError(e));
            }
        }
        if (newFields.isEmpty()) {
            return Mono.just(new Prepared(collection, items));
        }
        return catalog.addFields(collection, newFields, time)
                .map(extended ->
                        new Prepared(extended, stamped(items, extended.schema().version())))
                .onErrorResume(e ->
                        GrpcErrors.fromThrowable(e).code() == ErrorCode.SCHEMA_VERSION_MISMATCH && races < SCHEMA_RACES
                                ? catalog.collection(collection.name(), time)
                                        .flatMap(newer -> type(newer, ops, time, races + 1))
                                : Mono.error(e));
    }

    private static List<WriteItem> stamped(List<WriteItem> items, int version) {
        for (WriteItem item : items) {
            RecordOp.Builder op = item.op();
            if (op != null) {
                op.setSchemaVersion(version);
            }
        }
        return items;
    }

    private static CollectionSchema with(CollectionSchema schema, List<Field> added) {
        Schema extended = schema.proto().toBuilder().addAllFields(added).build();
        return CollectionSchema.of(extended, schema.version());
    }

    private static List<Field> type(CollectionHandle collection, CollectionSchema schema, WriteOp op, WriteItem item) {
        checkTag(op.getTag());
        if (op.hasIfSeq() && op.getIfSeq() < 0) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "if_seq: expected 0 or a version, received " + op.getIfSeq());
        }
        RecordOp.Builder prepared = RecordOp.newBuilder().setSchemaVersion(schema.version());
        if (op.hasIfSeq()) {
            prepared.setIfSeq(op.getIfSeq());
        }
        List<Field> newFields = switch (op.getOpCase()) {
            case UPSERT -> typeUpsert(collection, schema, op.getUpsert(), item, prepared);
            case UPDATE -> typeUpdate(collection, schema, op, item, prepared);
            case DELETE -> {
                keyIs(collection, item, prepared, RecordKeys.coerce(schema, op.getDelete()));
                prepared.setDelete(DeleteOp.getDefaultInstance());
                yield List.of();
            }
            case OP_NOT_SET ->
                throw new VectorDbException(ErrorCode.MISSING_MEMBER, "expected one of upsert, update and delete");
        };
        item.prepared(prepared);
        return newFields;
    }

    private static List<Field> typeUpsert(
            CollectionHandle collection,
            CollectionSchema schema,
            Fields record,
            WriteItem item,
            RecordOp.Builder prepared) {
        knowKey(collection, schema, record, item);
        Coerced coerced = RecordCoercion.coerce(schema, record);
        keyIs(collection, item, prepared, coerced.key());
        prepared.setPut(coerced.fields());
        return coerced.newFields();
    }

    /** Says where a bad record belongs, if its key can be read: it may have to hold back the others of its shard. */
    private static void knowKey(CollectionHandle collection, CollectionSchema schema, Fields record, WriteItem item) {
        Value value = record.getValuesMap().get(schema.keyField().name());
        if (value != null) {
            try {
                RecordKey key = RecordKeys.coerce(schema, RecordKeys.of(value));
                item.keyIs(key, collection.shardOf(collection.bucket(key)));
            } catch (VectorDbException e) {
                // The coercion of the whole record tells it, with everything else that is wrong.
                return;
            }
        }
    }

    private static List<Field> typeUpdate(
            CollectionHandle collection,
            CollectionSchema schema,
            WriteOp op,
            WriteItem item,
            RecordOp.Builder prepared) {
        RecordKey key = RecordKeys.coerce(schema, op.getUpdate().getKey());
        keyIs(collection, item, prepared, key);
        CoercedPatch patch = PatchCoercion.coerce(schema, op.getUpdate());
        PatchOp.Builder built = PatchOp.newBuilder()
                .addAllSet(patch.set())
                .addAllUnset(patch.unset())
                .setCreate(patch.create())
                .setKeyFields(Fields.newBuilder().putValues(schema.keyField().name(), RecordKeys.value(key)));
        schema.fields().stream()
                .filter(SchemaField::notNull)
                .map(SchemaField::name)
                .forEach(built::addRequired);
        prepared.setPatch(built);
        return patch.newFields();
    }

    private static void keyIs(CollectionHandle collection, WriteItem item, RecordOp.Builder prepared, RecordKey key) {
        int bucket = collection.bucket(key);
        item.keyIs(key, collection.shardOf(bucket));
        prepared.setKey(key).setBucket(bucket);
    }

    private static void checkTag(String tag) {
        int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.TAG_BYTES) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "tag: at most " + Limits.TAG_BYTES + " bytes, received " + bytes);
        }
    }

    private Mono<Prepared> embed(Prepared prepared) {
        List<EmbedRule> rules = prepared.collection().schema().embeds();
        if (rules.isEmpty()) {
            return Mono.just(prepared);
        }
        List<CompletableFuture<Void>> pending = new ArrayList<>();
        for (WriteItem item : prepared.items()) {
            RecordOp.Builder op = item.op();
            if (item.isOpen() && op != null) {
                // The vector of one field may come back while the next is looked at.
                synchronized (item) {
                    rules.forEach(rule -> embed(rule, item, op, pending));
                }
            }
        }
        return Mono.fromFuture(CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)))
                .then(Mono.fromSupplier(() -> withoutOverload(prepared)));
    }

    /**
     * Fails the call when texts could not be embedded for want of room: a repetition under the same request id must
     * bring the same items to the shard.
     */
    private static Prepared withoutOverload(Prepared prepared) {
        for (WriteItem item : prepared.items()) {
            WriteResult result = item.result();
            if (result != null && result.getError().getRetryable()) {
                throw GrpcErrors.fromItemError(result.getError());
            }
        }
        return prepared;
    }

    private void embed(EmbedRule rule, WriteItem item, RecordOp.Builder op, List<CompletableFuture<Void>> pending) {
        switch (op.getOpCase()) {
            case PUT -> {
                Value text = op.getPut().getValuesMap().get(rule.textField());
                Value vector = op.getPut().getValuesMap().get(rule.vectorField());
                if (text != null && text.hasStringValue() && (vector == null || vector.hasNullValue())) {
                    pending.add(vector(
                            rule,
                            text.getStringValue(),
                            item,
                            value -> op.getPutBuilder().putValues(rule.vectorField(), value)));
                }
            }
            case PATCH -> embedPatch(rule, item, op.getPatchBuilder(), pending);
            case DELETE, OP_NOT_SET -> {}
        }
    }

    /** A new text gets a new vector, a text that goes takes its vector along. */
    private void embedPatch(
            EmbedRule rule, WriteItem item, PatchOp.Builder patch, List<CompletableFuture<Void>> pending) {
        boolean ownVector = patch.getSetList().stream().anyMatch(set -> isField(set.getPathList(), rule.vectorField()))
                || patch.getUnsetList().stream().anyMatch(path -> isField(path.getNamesList(), rule.vectorField()));
        if (ownVector) {
            return;
        }
        boolean textGone =
                patch.getUnsetList().stream().anyMatch(path -> isField(path.getNamesList(), rule.textField()));
        for (PathValue set : List.copyOf(patch.getSetList())) {
            if (!isField(set.getPathList(), rule.textField())) {
                continue;
            }
            if (set.getValue().hasStringValue()) {
                pending.add(vector(
                        rule,
                        set.getValue().getStringValue(),
                        item,
                        value -> patch.addSet(PathValue.newBuilder()
                                .addPath(rule.vectorField())
                                .setValue(value))));
            } else {
                textGone = true;
            }
        }
        if (textGone) {
            patch.addUnset(FieldPath.newBuilder().addNames(rule.vectorField()));
        }
    }

    private static boolean isField(List<String> path, String field) {
        return path.size() == 1 && path.getFirst().equals(field);
    }

    private CompletableFuture<Void> vector(
            EmbedRule rule, String text, WriteItem item, java.util.function.Consumer<Value> sink) {
        return embedder.embed(rule.model(), text, Priority.INGEST).handle((vector, error) -> {
            // Several fields of one item may come back at once.
            synchronized (item) {
                if (error == null) {
                    sink.accept(Value.newBuilder()
                            .setVectorValue(VectorValues.of(vector))
                            .build());
                } else {
                    item.refuse(GrpcErrors.toItemError(inField(rule.textField(), GrpcErrors.fromThrowable(error))));
                }
            }
            return null;
        });
    }

    private static VectorDbException inField(String field, VectorDbException error) {
        Violation violation = new Violation(field, error.code(), error.getMessage());
        return new VectorDbException(
                error.code(),
                field + ": " + error.getMessage(),
                Map.copyOf(error.metadata()),
                List.of(violation),
                null);
    }
}
