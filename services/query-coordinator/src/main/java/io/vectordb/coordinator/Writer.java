package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.Seq;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.rpc.ShardClient;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.ShardSeq;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The second half of a write: groups items by shard, packs them into log entries of at most 2 MB and sends each to the
 * leader of its shard, the entries of one shard one after another and the shards side by side.
 */
final class Writer {

    /** How request ids cover the items. */
    sealed interface Ids {
        /** All items under one id: a request. */
        record PerRequest(String id, ByteString contentHash) implements Ids {}

        /** Each item under an id of its own: lines of a bulk load, which may be cut into requests anew when repeated. */
        record PerItem(List<String> ids, List<ByteString> contentHashes) implements Ids {}
    }

    /** A shard's part of a write that became visible together. */
    record ShardWrite(ShardState shard, long seq) {

        ShardSeq toProto() {
            Seq version = Seq.ofLong(seq);
            return ShardSeq.newBuilder()
                    .setShard(shard.getName())
                    .setIncarnation(version.incarnation())
                    .setSeq(seq)
                    .build();
        }
    }

    private static final ItemError ITEMS_DIFFER = GrpcErrors.toItemError(new VectorDbException(
            ErrorCode.REQUEST_ID_REUSED, "the request id was answered before for fewer valid items than it has now"));

    private final ShardClient storage;

    Writer(ShardClient storage) {
        this.storage = storage;
    }

    /** Applies the open items; afterwards each has its result. The answer lists what was written, by shard. */
    Mono<List<ShardWrite>> write(List<WriteItem> items, BatchMode mode, Ids ids, TimeBudget time) {
        holdBack(items, mode);
        Map<ShardState, List<WriteItem>> byShard = new LinkedHashMap<>();
        for (WriteItem item : items) {
            if (item.isOpen()) {
                byShard.computeIfAbsent(Objects.requireNonNull(item.shard()), shard -> new ArrayList<>())
                        .add(item);
            }
        }
        if (mode == BatchMode.BATCH_MODE_ATOMIC && byShard.size() > 1) {
            throw notOneShard(byShard);
        }
        return Flux.fromIterable(byShard.entrySet())
                .flatMap(entry -> writeShard(entry.getKey(), entry.getValue(), mode, ids, time))
                .collectList();
    }

    private static VectorDbException notOneShard(Map<ShardState, List<WriteItem>> byShard) {
        List<String> names = byShard.keySet().stream().map(ShardState::getName).toList();
        return new VectorDbException(
                ErrorCode.NOT_ONE_SHARD,
                "an atomic batch has to lie in one shard, these items lie in " + String.join(", ", names),
                Map.of("shards", String.join(",", names)));
    }

    /** In the atomic modes one item that is refused already holds back the others of its shard, or all of them. */
    private static void holdBack(List<WriteItem> items, BatchMode mode) {
        if (mode == BatchMode.BATCH_MODE_SKIP_FAILED || mode == BatchMode.BATCH_MODE_UNSPECIFIED) {
            return;
        }
        for (WriteItem refused : items.stream().filter(WriteItem::isRefused).toList()) {
            ShardState shard = refused.shard();
            boolean all = mode == BatchMode.BATCH_MODE_ATOMIC || shard == null;
            for (WriteItem item : items) {
                if (item.isOpen() && (all || Objects.equals(shard, item.shard()))) {
                    item.refuse(heldBackBy(refused));
                }
            }
        }
    }

    private static ItemError heldBackBy(WriteItem refused) {
        ItemError cause = Objects.requireNonNull(refused.result()).getError();
        return ItemError.newBuilder()
                .setCode(cause.getCode())
                .setMessage("not applied, because item " + refused.index() + " was refused: " + cause.getMessage())
                .putMetadata("refused_by", Integer.toString(refused.index()))
                .build();
    }

    private Flux<ShardWrite> writeShard(
            ShardState shard, List<WriteItem> items, BatchMode mode, Ids ids, TimeBudget time) {
        boolean atomic = mode == BatchMode.BATCH_MODE_ATOMIC || mode == BatchMode.BATCH_MODE_SHARD_ATOMIC;
        List<List<WriteItem>> entries = pack(items);
        if (atomic && entries.size() > 1) {
            VectorDbException tooLarge = new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the items of shard " + shard.getName() + " are more than the " + Limits.ENTRY_BYTES
                            + " bytes that can be applied atomically");
            items.forEach(item -> item.refuse(GrpcErrors.toItemError(tooLarge)));
            return Flux.empty();
        }
        return Flux.range(0, entries.size())
                .concatMap(n -> {
                    List<WriteItem> behind = entries.subList(n, entries.size()).stream()
                            .flatMap(List::stream)
                            .toList();
                    return writeEntry(shard, entries.get(n), units(entries.get(n), n, atomic, ids), behind, time);
                })
                .takeUntil(Optional::isEmpty)
                .concatMap(Mono::justOrEmpty);
    }

    /**
     * Nothing when the entry failed: then it and all entries behind it have the same fate, since a repetition of the
     * request would bring this one behind those, and the last of several items of one key would not win.
     */
    private Mono<Optional<ShardWrite>> writeEntry(
            ShardState shard, List<WriteItem> items, List<WriteUnit> units, List<WriteItem> behind, TimeBudget time) {
        io.vectordb.internal.storage.v1.WriteRequest request = io.vectordb.internal.storage.v1.WriteRequest.newBuilder()
                .setShard(shard.getUid())
                .addAllUnits(units)
                .build();
        return storage.call(shard, StorageServiceGrpc.getWriteMethod(), request, time.left())
                .map(response -> {
                    settle(items, response.getUnitsList());
                    return Optional.of(new ShardWrite(shard, response.getSeq()));
                })
                .onErrorResume(thrown -> {
                    VectorDbException error = GrpcErrors.fromThrowable(thrown);
                    behind.forEach(item -> fail(item, error));
                    return Mono.just(Optional.empty());
                });
    }

    /** After a failure that may have come too late the outcome is unknown; any other refused the entry whole. */
    private static void fail(WriteItem item, VectorDbException error) {
        ItemError itemError = GrpcErrors.toItemError(error);
        switch (error.code()) {
            case DEADLINE_EXCEEDED, SHARD_UNAVAILABLE, CANCELLED, INTERNAL -> item.unknown(itemError);
            default -> item.refuse(itemError);
        }
    }

    private static void settle(List<WriteItem> items, List<UnitResult> units) {
        int next = 0;
        for (UnitResult unit : units) {
            if (unit.hasError()) {
                int covered = units.size() == 1 ? items.size() : next + 1;
                for (; next < covered; next++) {
                    items.get(next).refuse(unit.getError());
                }
                continue;
            }
            for (OpResult result : unit.getResultsList()) {
                if (next < items.size()) {
                    items.get(next++).applied(result, unit.getReplayed());
                }
            }
        }
        for (; next < items.size(); next++) {
            items.get(next).refuse(ITEMS_DIFFER);
        }
    }

    private static List<WriteUnit> units(List<WriteItem> items, int entry, boolean atomic, Ids ids) {
        List<RecordOp> ops = items.stream()
                .map(item -> Objects.requireNonNull(item.op()).build())
                .toList();
        return switch (ids) {
            case Ids.PerRequest(String id, ByteString hash) ->
                List.of(WriteUnit.newBuilder()
                        .setRequestId(entry == 0 ? id : id + "/" + entry)
                        .setContentHash(hash)
                        .setAtomic(atomic)
                        .addAllOps(ops)
                        .build());
            case Ids.PerItem(List<String> itemIds, List<ByteString> hashes) -> {
                List<WriteUnit> units = new ArrayList<>(ops.size());
                for (int i = 0; i < ops.size(); i++) {
                    int index = items.get(i).index();
                    units.add(WriteUnit.newBuilder()
                            .setRequestId(itemIds.get(index))
                            .setContentHash(hashes.get(index))
                            .addOps(ops.get(i))
                            .build());
                }
                yield units;
            }
        };
    }

    /** Cuts the items of a shard, in their order, into entries of at most 2 MB. */
    private static List<List<WriteItem>> pack(List<WriteItem> items) {
        List<List<WriteItem>> entries = new ArrayList<>();
        List<WriteItem> entry = new ArrayList<>();
        long bytes = 0;
        for (WriteItem item : items) {
            int size = Optional.ofNullable(item.op())
                    .map(op -> op.build().getSerializedSize())
                    .orElse(0);
            if (!entry.isEmpty() && bytes + size > Limits.ENTRY_BYTES) {
                entries.add(entry);
                entry = new ArrayList<>();
                bytes = 0;
            }
            entry.add(item);
            bytes += size;
        }
        if (!entry.isEmpty()) {
            entries.add(entry);
        }
        return entries;
    }

    /** The failure of a call of which nothing is known: the first item's, if the outcome of all is unknown. */
    static @Nullable VectorDbException failureOfAll(List<WriteItem> items) {
        boolean all = !items.isEmpty()
                && items.stream()
                        .map(WriteItem::result)
                        .allMatch(result ->
                                result != null && result.getOutcome() == io.vectordb.v1.WriteResult.Outcome.UNKNOWN);
        return all
                ? GrpcErrors.fromItemError(
                        Objects.requireNonNull(items.getFirst().result()).getError())
                : null;
    }
}
