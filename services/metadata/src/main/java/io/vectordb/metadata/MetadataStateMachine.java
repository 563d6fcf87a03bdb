package io.vectordb.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.raft.CheckpointedState;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.LogPosition;
import io.vectordb.storage.AppliedPosition;
import io.vectordb.storage.StateStore;
import io.vectordb.v1.AuditEntry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The metadata log's state: all of it in memory, and each change with its position in a {@link StateStore}, from which
 * memory is rebuilt at the start.
 *
 * <p>The state of {@link #current()} is published after its rows are stored; any thread may read it.
 */
final class MetadataStateMachine implements CheckpointedState {

    private final Path directory;
    private final Listener listener;
    private Optional<StateStore> store = Optional.empty();
    private volatile MetadataState current = MetadataState.EMPTY;

    /** Told of every state, on the thread of the log. */
    interface Listener {

        /** The state was found at a start, or came as a copy: what led to it is not known. */
        void opened(MetadataState state);

        /** @param keys the stored rows that changed */
        void changed(MetadataState state, List<String> keys);
    }

    MetadataStateMachine(Path directory, Listener listener) {
        this.directory = directory;
        this.listener = listener;
    }

    MetadataState current() {
        return current;
    }

    @Override
    public LogPosition open() {
        close();
        StateStore opened = StateStore.open(directory);
        store = Optional.of(opened);
        try {
            current = MetadataState.load(opened.load());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("The metadata in " + directory + " cannot be read", e);
        }
        listener.opened(current);
        return position(opened.sync());
    }

    @Override
    public byte[] apply(LogPosition position, ByteBuffer bytes) {
        MetadataCommand command;
        try {
            command = MetadataCommand.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("The entry at " + position + " is no metadata command", e);
        }
        Transition transition = MetadataCommands.apply(current, position.index(), command);
        opened().apply(position.term(), position.index(), transition.changes());
        if (transition.state() != current) {
            current = transition.state();
            listener.changed(
                    current,
                    transition.changes().stream().map(StateStore.Change::key).toList());
        }
        return transition.result().toByteArray();
    }

    /** Lines of the audit log behind {@code afterIndex}. */
    List<AuditEntry> audit(long afterIndex, int limit) {
        List<AuditEntry> entries = new ArrayList<>();
        try {
            for (byte[] row : opened().values(MetadataState.AUDIT_PREFIX, AuditChain.key(afterIndex), limit)) {
                entries.add(AuditEntry.parseFrom(row));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("The audit log in " + directory + " cannot be read", e);
        }
        return entries;
    }

    @Override
    public void advance(LogPosition position) {
        opened().advance(position.term(), position.index());
    }

    /** The whole state, whatever is asked. */
    @Override
    public byte[] query(byte[] request) {
        return current.toClusterState().toByteArray();
    }

    @Override
    public void checkpoint(Path target) {
        opened().checkpoint(target);
    }

    @Override
    public LogPosition verify(Path copy) {
        return position(StateStore.verify(copy));
    }

    /** There is one metadata group, which nothing succeeds. */
    @Override
    public void inherit(GroupId predecessor) {
        throw new UnsupportedOperationException("The metadata group succeeds no other, asked for " + predecessor);
    }

    @Override
    public LogPosition sync() {
        return position(opened().sync());
    }

    @Override
    public void close() {
        store.ifPresent(StateStore::close);
        store = Optional.empty();
    }

    private StateStore opened() {
        return store.orElseThrow(() -> new IllegalStateException("The metadata in " + directory + " is not open"));
    }

    private static LogPosition position(AppliedPosition position) {
        return new LogPosition(position.term(), position.index());
    }
}
