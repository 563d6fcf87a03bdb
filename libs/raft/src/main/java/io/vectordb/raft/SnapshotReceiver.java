package io.vectordb.raft;

import io.vectordb.raft.PeerMessages.Close;
import io.vectordb.raft.PeerMessages.CopiedFile;
import io.vectordb.raft.PeerMessages.Open;
import io.vectordb.raft.PeerMessages.Opened;
import io.vectordb.raft.PeerMessages.Read;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
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
        try (PeerClient client = new PeerClient(directory.group(), source)) {
            Opened copy = PeerMessages.decodeOpened(client.ask(new Open()));
            try {
                refuseWithoutSpace(copy);
                for (int i = 0; i < copy.files().size(); i++) {
                    fetch(client, copy, i, draft);
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

    private static void fetch(PeerClient client, Opened copy, int number, Path draft) throws IOException {
        CopiedFile file = copy.files().get(number);
        Path target = draft.resolve(file.path()).normalize();
        if (!target.startsWith(draft)) {
            throw new IOException("a copy holds no path outside of itself: " + file.path());
        }
        Files.createDirectories(target.getParent());
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long offset = 0; offset < file.bytes(); ) {
                byte[] data = PeerMessages.decodeChunk(client.ask(new Read(copy.session(), number, offset)));
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

    private static void closeQuietly(PeerClient client, RaftPeer source, Opened copy) {
        try {
            client.ask(new Close(copy.session()));
        } catch (IOException e) {
            LOG.info("Copy {} at {} is left to expire: {}", copy.session(), source.getId(), e.toString());
        }
    }
}
