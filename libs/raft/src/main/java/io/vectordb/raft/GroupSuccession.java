package io.vectordb.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageImpl;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.server.storage.StorageImplUtils;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the folders of a group that goes on with what one replica of another group has, when the majority of that one is lost
 * for good: a copy of its state, with all entries of its log applied that the state lacks, and an empty log behind it.
 *
 * <p>Entries count that no majority is known to have: one that was acknowledged may be among them, and one that was not
 * acknowledged may take effect, as after any failure. The new log begins behind the last of them and in its term, so that
 * members that join later take a copy, and find the new log newer than anything the old group had.
 *
 * <p>Works on files of replicas that do not run. What is half made is made anew. Not thread-safe.
 */
final class GroupSuccession {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");

    private final RaftNodeConfig config;
    private final StateFactory states;

    GroupSuccession(RaftNodeConfig config, StateFactory states) {
        this.config = config;
        this.states = states;
    }

    /** Makes the folders of {@code next} but for its marker; those of {@code old} stay as they are. */
    void prepare(GroupDirectory old, GroupDirectory next) throws IOException {
        old.finishInstall();
        next.delete();
        DurableFiles.createDirectories(next.folder());
        CheckpointedState state = state(old.group(), old.state());
        try {
            state.open();
            state.checkpoint(next.state());
        } finally {
            state.close();
        }
        LogPosition end = replay(old, next.state());
        state(next.group(), next.state()).inherit(old.group());
        next.noteCopied(end);
        DurableFiles.syncTree(next.folder());
        format(next, end.term());
        LOG.warn("Group {} begins with what the replica of {} had: all up to {}", next.group(), old.group(), end);
    }

    private CheckpointedState state(GroupId group, Path folder) {
        if (states.create(group, folder) instanceof CheckpointedState state) {
            return state;
        }
        throw new IllegalStateException("The state of group " + group + " cannot be copied");
    }

    /** Applies to the copy what the log has and the state had not. */
    private LogPosition replay(GroupDirectory old, Path copy) throws IOException {
        CheckpointedState state = state(old.group(), copy);
        try {
            Replay replay = new Replay(state, state.open());
            for (LogSegmentPath segment : segments(old)) {
                LogSegment.readSegmentFile(
                        segment.getPath().toFile(),
                        segment.getStartEnd(),
                        SizeInBytes.valueOf(config.settings().maxCommandBytes() * 2L),
                        CorruptionPolicy.EXCEPTION,
                        null,
                        replay::accept);
            }
            state.sync();
            return replay.end;
        } finally {
            state.close();
        }
    }

    private static List<LogSegmentPath> segments(GroupDirectory directory) throws IOException {
        Path folder = directory.log().resolve("current");
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(LogSegmentPath::matchLogSegment)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
                    .toList();
        }
    }

    private static final class Replay {

        private final CheckpointedState state;
        private LogPosition end;

        Replay(CheckpointedState state, LogPosition applied) {
            this.state = state;
            this.end = applied;
        }

        void accept(LogEntryProto entry) {
            if (entry.getIndex() <= end.index()) {
                return;
            }
            if (entry.getIndex() != end.index() + 1) {
                throw new IllegalStateException(
                        "the log goes on at " + entry.getIndex() + ", the state ends at " + end.index());
            }
            LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
            if (entry.hasStateMachineLogEntry()) {
                ByteBuffer command =
                        entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
                state.apply(position, command);
            } else {
                state.advance(position);
            }
            end = position;
        }
    }

    private void format(GroupDirectory next, long term) throws IOException {
        DurableFiles.createDirectories(next.log());
        try (RaftStorageImpl storage = StorageImplUtils.newRaftStorage(
                next.log().toFile(), SizeInBytes.ZERO, RaftStorage.StartupOption.FORMAT, CorruptionPolicy.EXCEPTION)) {
            storage.initialize();
            storage.getMetadataFile()
                    .persist(RaftStorageMetadata.valueOf(
                            term, RaftPeerId.valueOf(config.server().toString())));
        }
        DurableFiles.syncTree(next.log());
    }
}
