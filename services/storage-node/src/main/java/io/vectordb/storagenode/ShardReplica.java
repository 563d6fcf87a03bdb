package io.vectordb.storagenode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.LeaseResult;
import io.vectordb.internal.storage.v1.ShardCommand;
import io.vectordb.raft.CheckpointedState;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.LogPosition;
import io.vectordb.storage.AppliedPosition;
import io.vectordb.storage.ShardIdentity;
import io.vectordb.storage.ShardStore;
import io.vectordb.storage.StorageResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One replica of a shard: hands the commands of its log to its store. */
final class ShardReplica implements CheckpointedState {

    private static final String DATABASE = "db";

    private final ShardIdentity identity;
    private final Path directory;
    private final StorageResources resources;
    private final ReplicaHashes hashes = new ReplicaHashes();
    private volatile @Nullable ShardStore store;

    ShardReplica(ShardIdentity identity, Path directory, StorageResources resources) {
        this.identity = identity;
        this.directory = directory;
        this.resources = resources;
        ScratchFolder.clear(directory);
    }

    /** A new folder on the disk of the store, for work that a restart forgets. */
    ScratchFolder scratch() {
        return ScratchFolder.make(directory);
    }

    /** The copy of the store within what {@link #checkpoint} made. */
    static Path database(Path checkpoint) {
        return checkpoint.resolve(DATABASE);
    }

    /** The open store; {@code SHARD_UNAVAILABLE} while the replica is closed. */
    ShardStore store() {
        ShardStore open = store;
        if (open == null) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE, "the replica of shard " + identity.shardUid() + " is closed");
        }
        return open;
    }

    @Override
    public LogPosition open() {
        ShardStore opened = ShardStore.open(directory.resolve(DATABASE), identity, resources);
        store = opened;
        return position(opened.applied());
    }

    @Override
    public byte[] apply(LogPosition position, ByteBuffer command) {
        ShardCommand parsed = parse(command);
        return switch (parsed.getCommandCase()) {
            case WRITE ->
                store().apply(position.term(), position.index(), parsed.getWrite())
                        .toByteArray();
            case HASH -> {
                store().advance(position.term(), position.index());
                hashes.begin(parsed.getHash().getCheckId(), store());
                yield new byte[0];
            }
            case LEASE ->
                LeaseResult.newBuilder()
                        .setRefused(!store().apply(position.term(), position.index(), parsed.getLease()))
                        .build()
                        .toByteArray();
            case SEGMENTS ->
                store().apply(position.term(), position.index(), parsed.getSegments())
                        .toByteArray();
            case COMMAND_NOT_SET ->
                throw new IllegalStateException(
                        "the log holds a command of a kind that this version does not know: it must not be skipped");
        };
    }

    private static ShardCommand parse(ByteBuffer command) {
        try {
            return ShardCommand.parseFrom(ByteString.copyFrom(command));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the log holds what is no command", e);
        }
    }

    @Override
    public void advance(LogPosition position) {
        store().advance(position.term(), position.index());
    }

    /** What other replicas ask; records are read from the store, after a barrier. */
    @Override
    public byte[] query(byte[] request) {
        return hashes.answer(request);
    }

    ReplicaHashes hashes() {
        return hashes;
    }

    @Override
    public LogPosition sync() {
        return position(store().sync());
    }

    @Override
    public void checkpoint(Path target) {
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store().checkpoint(target.resolve(DATABASE));
    }

    @Override
    public void inherit(GroupId predecessor) {
        ShardStore.succeed(
                directory.resolve(DATABASE), ShardGroup.of(predecessor).identity(), identity, resources);
    }

    @Override
    public LogPosition verify(Path copy) {
        return position(ShardStore.verify(copy.resolve(DATABASE), identity, resources));
    }

    @Override
    public void close() {
        ShardStore open = store;
        store = null;
        if (open != null) {
            open.close();
        }
    }

    private static LogPosition position(AppliedPosition applied) {
        return new LogPosition(applied.term(), applied.index());
    }
}
