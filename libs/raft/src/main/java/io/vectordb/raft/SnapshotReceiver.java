package io.vectordb.raft;

import io.vectordb.raft.SnapshotMessages.Close;
import io.vectordb.raft.SnapshotMessages.CopiedFile;
import io.vectordb.raft.SnapshotMessages.Open;
import io.vectordb.raft.SnapshotMessages.Opened;
import io.vectordb.raft.SnapshotMessages.Read;
import io.vectordb.raft.SnapshotMessages.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a copy of a group's state from another replica into the group's folder, beside the state that is open.
 *
 * <p>The copy is complete, checked and on the disk before its folder gets the name under which
 * {@link GroupDirectory#finishInstall} takes it for the state; up to then a crash leaves nothing but a draft that the
 * next start deletes.
 */
final class SnapshotReceiver {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    /** Free space asked for, in tenths of the copy's size: the state grows while it catches up. */
    private static final int SPACE_TENTHS = 13;

    private static final int TRIES = 5;

    private final GroupDirectory directory;
    private final CheckpointedState state;

    SnapshotReceiver(GroupDirectory directory, CheckpointedState state) {
        this.directory = directory;
        this.state = state;
    }

    /** Blocks until the copy lies complete in {@link GroupDirectory#incoming()}; returns its position. */
    LogPosition receive(RaftPeer source) throws IOException {
        long started = System.nanoTime();
        Path draft = directory.incomingDraft();
        DurableFiles.deleteTree(draft);
        DurableFiles.deleteTree(directory.incoming());
        try (RaftClient client = client(source)) {
            Opened copy = SnapshotMessages.decodeOpened(ask(client, source, new Open()));
            try {
                refuseWithoutSpace(copy);
                for (int i = 0; i < copy.files().size(); i++) {
                    fetch(client, source, copy, i, draft);
                }
            } finally {
                closeQuietly(client, source, copy);
            }
            LogPosition position = state.verify(draft);
            directory.completeIncoming(position);
            LOG.info(
                    "Group {}: received {} bytes from {} as of {} in {} ms",
                    directory.group(),
                    copy.bytes(),
                    source.getId(),
                    position,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
            return position;
        } catch (IOException | RuntimeException e) {
            DurableFiles.deleteTree(draft);
            throw e;
        }
    }

    private void refuseWithoutSpace(Opened copy) throws IOException {
        long free = Files.getFileStore(directory.folder()).getUsableSpace();
        long needed = copy.bytes() / 10 * SPACE_TENTHS;
        if (free < needed) {
            throw new IOException("a copy of " + copy.bytes() + " bytes needs " + needed + " bytes of free space, "
                    + directory.folder() + " has " + free);
        }
    }

    private static void fetch(RaftClient client, RaftPeer source, Opened copy, int number, Path draft)
            throws IOException {
        CopiedFile file = copy.files().get(number);
        Path target = draft.resolve(file.path()).normalize();
        if (!target.startsWith(draft)) {
            throw new IOException("a copy holds no path outside of itself: " + file.path());
        }
        Files.createDirectories(target.getParent());
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long offset = 0; offset < file.bytes(); ) {
                byte[] data =
                        SnapshotMessages.decodeChunk(ask(client, source, new Read(copy.session(), number, offset)));
                if (data.length == 0) {
                    throw new IOException(file + " ends at " + offset);
                }
                ByteBuffer bytes = ByteBuffer.wrap(data);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                offset += data.length;
            }
        }
    }

    private static void closeQuietly(RaftClient client, RaftPeer source, Opened copy) {
        try {
            ask(client, source, new Close(copy.session()));
        } catch (IOException e) {
            LOG.info("Copy {} at {} is left to expire: {}", copy.session(), source.getId(), e.toString());
        }
    }

    private static ByteString ask(RaftClient client, RaftPeer source, Request request) throws IOException {
        // Minimum index 0, since one below is refused: everybody who may be asked has committed that.
        RaftClientReply reply = client.io().sendStaleRead(SnapshotMessages.encode(request), 0, source.getId());
        if (!reply.isSuccess()) {
            throw new IOException(source.getId() + " refused " + request, reply.getException());
        }
        return reply.getMessage().getContent();
    }

    private RaftClient client(RaftPeer source) {
        RaftProperties properties = new RaftProperties();
        // Making the checkpoint flushes what is in memory, which takes a while on a busy disk.
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.valueOf(30, TimeUnit.SECONDS));
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("6MB"));
        return RaftClient.newBuilder()
                .setProperties(properties)
                .setRaftGroup(RaftGroup.valueOf(GroupRegistry.ratisId(directory.group()), source))
                .setLeaderId(source.getId())
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                        TRIES, TimeDuration.valueOf(200, TimeUnit.MILLISECONDS)))
                .build();
    }
}
