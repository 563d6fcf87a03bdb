package io.vectordb.raft;

import io.vectordb.raft.PeerMessages.AskMembers;
import io.vectordb.raft.PeerMessages.Close;
import io.vectordb.raft.PeerMessages.CopiedFile;
import io.vectordb.raft.PeerMessages.Members;
import io.vectordb.raft.PeerMessages.Open;
import io.vectordb.raft.PeerMessages.Opened;
import io.vectordb.raft.PeerMessages.Query;
import io.vectordb.raft.PeerMessages.Read;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers other replicas; above all, gives copies of one replica's state to other replicas, each from a checkpoint of its own.
 *
 * <p>While a copy is being fetched the log behind it is kept, so that who has it can go on from there. A copy that
 * nobody reads for {@link #IDLE} is dropped, and with it that claim. Thread-safe.
 */
final class SnapshotSender implements AutoCloseable {

    static final Duration IDLE = Duration.ofSeconds(60);
    private static final int COPIES = 4;
    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    /** Never the same in two runs, so that a copy of the run before is not taken for one of this. */
    private static final AtomicLong SESSIONS = new AtomicLong(System.currentTimeMillis() << 16);

    private static final class Session {
        private final Path folder;
        private final List<CopiedFile> files;
        private final long appliedIndex;
        private volatile long usedNanos = System.nanoTime();

        private Session(Path folder, List<CopiedFile> files, long appliedIndex) {
            this.folder = folder;
            this.files = files;
            this.appliedIndex = appliedIndex;
        }
    }

    private final GroupId group;
    private final CheckpointedState state;
    private final Path root;
    private final LongSupplier appliedIndex;
    private final Supplier<Members> members;
    private final Map<Long, Session> sessions = new HashMap<>();

    /** @param root where checkpoints are made; on the file system of the state */
    SnapshotSender(
            GroupId group, CheckpointedState state, Path root, LongSupplier appliedIndex, Supplier<Members> members) {
        this.group = group;
        this.state = state;
        this.root = root;
        this.appliedIndex = appliedIndex;
        this.members = members;
    }

    Message answer(PeerMessages.Request request) throws IOException {
        return switch (request) {
            case Open() -> open();
            case Read read -> read(read);
            case Close(long session) -> {
                close(session);
                yield Message.EMPTY;
            }
            case AskMembers() -> PeerMessages.encode(members.get());
            case Query(byte[] question) -> Message.valueOf(UnsafeByteOperations.unsafeWrap(state.query(question)));
        };
    }

    private synchronized Message open() throws IOException {
        if (sessions.size() >= COPIES) {
            throw new IOException(COPIES + " copies of group " + group + " are being fetched already");
        }
        long id = SESSIONS.incrementAndGet();
        Path folder = root.resolve(Long.toString(id));
        Files.createDirectories(root);
        long applied = appliedIndex.getAsLong();
        try {
            state.checkpoint(folder);
            List<CopiedFile> files = list(folder);
            sessions.put(id, new Session(folder, files, applied));
            Opened opened = new Opened(id, files);
            LOG.info(
                    "Group {}: copy {} as of index {} or later: {} files, {} bytes",
                    group,
                    id,
                    applied,
                    files.size(),
                    opened.bytes());
            return PeerMessages.encode(opened);
        } catch (IOException | RuntimeException e) {
            DurableFiles.deleteTree(folder);
            throw e;
        }
    }

    private static List<CopiedFile> list(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> files = tree.filter(Files::isRegularFile).sorted().toList();
            List<CopiedFile> copied = new ArrayList<>();
            for (Path file : files) {
                copied.add(new CopiedFile(folder.relativize(file).toString(), Files.size(file)));
            }
            return List.copyOf(copied);
        }
    }

    private Message read(Read read) throws IOException {
        Session session = find(read.session());
        session.usedNanos = System.nanoTime();
        if (read.file() < 0 || read.file() >= session.files.size()) {
            throw new IOException(
                    "copy " + read.session() + " has " + session.files.size() + " files, asked for " + read.file());
        }
        CopiedFile file = session.files.get(read.file());
        int length = (int) Math.min(PeerMessages.CHUNK_BYTES, file.bytes() - read.offset());
        if (read.offset() < 0 || length < 0) {
            throw new IOException(file + " has no offset " + read.offset());
        }
        ByteBuffer data = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(session.folder.resolve(file.path()), StandardOpenOption.READ)) {
            while (data.hasRemaining()) {
                if (channel.read(data, read.offset() + data.position()) < 0) {
                    throw new IOException(file + " ends at " + (read.offset() + data.position()));
                }
            }
        }
        return PeerMessages.encodeChunk(data.array());
    }

    private synchronized Session find(long id) throws IOException {
        Session session = sessions.get(id);
        if (session == null) {
            throw new IOException("copy " + id + " of group " + group + " is not here any more");
        }
        return session;
    }

    private synchronized void close(long id) {
        Session session = sessions.remove(id);
        if (session != null) {
            DurableFiles.deleteTree(session.folder);
        }
    }

    /** The log is needed behind this index; {@code Long.MAX_VALUE}: nobody fetches a copy. */
    synchronized long neededAfter() {
        return sessions.values().stream()
                .mapToLong(session -> session.appliedIndex)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Drops copies that nobody reads any more. */
    synchronized void expire(long nowNanos) {
        for (Map.Entry<Long, Session> entry : Map.copyOf(sessions).entrySet()) {
            if (nowNanos - entry.getValue().usedNanos > IDLE.toNanos()) {
                LOG.warn("Group {}: copy {} is dropped: it was not read for {}", group, entry.getKey(), IDLE);
                close(entry.getKey());
            }
        }
    }

    @Override
    public synchronized void close() {
        Map.copyOf(sessions).keySet().forEach(this::close);
    }
}
