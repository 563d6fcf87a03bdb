package io.vectordb.segmentstore.grpc;

import io.grpc.Channel;
import io.grpc.StatusException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.BeginPutRequest;
import io.vectordb.internal.segments.v1.GetPutRequest;
import io.vectordb.internal.segments.v1.LocateFilesRequest;
import io.vectordb.internal.segments.v1.LocatedFile;
import io.vectordb.internal.segments.v1.PutStatus;
import io.vectordb.internal.segments.v1.SegmentServiceGrpc;
import io.vectordb.internal.segments.v1.SegmentServiceGrpc.SegmentServiceBlockingV2Stub;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.SegmentFile;
import io.vectordb.segmentstore.SegmentManifest;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.Segments;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Brings files from other nodes into a store, and from a store to other nodes. What breaks is gone on with where it broke,
 * and a file may come from several nodes in turn; the hash decides in the end.
 *
 * <p>Blocks the calling thread; an interrupt ends the call with {@code CANCELLED}. Thread-safe: holds no state.
 */
public final class SegmentTransfer {

    private final TransferSettings settings;

    public SegmentTransfer(TransferSettings settings) {
        this.settings = settings;
    }

    /**
     * Fetches a segment: what is missing of its files, then its manifest.
     *
     * @param sources nodes that may have it, the preferred one first
     * @throws VectorDbException {@code SEGMENT_NOT_FOUND} or {@code SEGMENT_CORRUPT} when no source has it whole,
     *     {@code DISK_FULL} when there is no room here, else what the last attempt failed with
     */
    public void fetchSegment(List<? extends Channel> sources, ContentHash segment, SegmentStore into) {
        boolean present = into.find(segment).isPresent();
        SegmentManifest manifest =
                present ? new Segments(into).manifest(segment) : SegmentManifest.decode(manifest(sources, segment));
        manifest.files().values().forEach(file -> {
            if (into.find(file.hash()).isEmpty()) {
                fetch(sources, file.hash(), file.sizeBytes(), into);
            }
        });
        if (!present) {
            into.put(manifest.encode());
        }
    }

    /** Fetches one file; see {@link #fetchSegment}. */
    public void fetch(List<? extends Channel> sources, ContentHash hash, SegmentStore into) {
        if (into.find(hash).isEmpty()) {
            long size = new Sources(sources, settings).ask(source -> locate(source, hash), () -> 0);
            fetch(sources, hash, size, into);
        }
    }

    private void fetch(List<? extends Channel> sources, ContentHash hash, long size, SegmentStore into) {
        try (IncomingFile file = new IncomingFile(into, hash, size, settings)) {
            new Sources(sources, settings).ask(file::from, file::offset);
        }
    }

    private byte[] manifest(List<? extends Channel> sources, ContentHash segment) {
        return new Sources(sources, settings).ask(source -> manifest(source, segment), () -> 0);
    }

    private byte[] manifest(Channel source, ContentHash segment) throws RemoteFailure {
        long size = locate(source, segment);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (size <= SegmentManifest.MAX_BYTES) {
            FileCalls.receive(source, segment, 0, size, settings, (offset, content) -> {
                byte[] part = new byte[content.remaining()];
                content.get(part);
                bytes.writeBytes(part);
            });
        }
        ContentHash received = ContentHash.of(bytes.toByteArray());
        if (!received.equals(segment)) {
            throw new RemoteFailure(new VectorDbException(
                    ErrorCode.SEGMENT_CORRUPT,
                    "expected a manifest of at most " + SegmentManifest.MAX_BYTES + " bytes with sha256 " + segment
                            + ", received " + size + " bytes with " + received));
        }
        return bytes.toByteArray();
    }

    private long locate(Channel source, ContentHash hash) throws RemoteFailure {
        try {
            List<LocatedFile> found = unary(source)
                    .locateFiles(LocateFilesRequest.newBuilder()
                            .addHashes(hash.hex())
                            .build())
                    .getFilesList();
            if (found.isEmpty()) {
                throw new RemoteFailure(new VectorDbException(
                        ErrorCode.SEGMENT_NOT_FOUND, "segment file " + hash + " is not at " + source.authority()));
            }
            return found.getFirst().getSizeBytes();
        } catch (StatusException e) {
            throw new RemoteFailure(e);
        }
    }

    /**
     * Puts a segment at another node: its files, then its manifest.
     *
     * @throws VectorDbException {@code SEGMENT_NOT_FOUND} when a file is not here, {@code SEGMENT_CORRUPT} when one is
     *     damaged here or its bytes did not have its hash there, {@code DISK_FULL} when there is no room there, else what
     *     the last attempt failed with
     */
    public void putSegment(Channel target, ContentHash segment, SegmentStore from) {
        new Segments(from).manifest(segment).files().values().forEach(file -> put(target, file.hash(), from));
        put(target, segment, from);
    }

    /** Puts one file at another node; see {@link #putSegment}. */
    public void put(Channel target, ContentHash hash, SegmentStore from) {
        try (SegmentFile file = from.open(hash)) {
            Attempts attempts = new Attempts(settings);
            PutStatus status = PutStatus.getDefaultInstance();
            while (!status.getComplete()) {
                try {
                    status = resume(target, file, status.getSession());
                    if (!status.getComplete()) {
                        status = FileCalls.send(target, file, status, settings);
                    }
                } catch (RemoteFailure e) {
                    if (Attempts.isFinal(e.failure().code())) {
                        throw e.failure();
                    }
                    attempts.failed(e, status.getOffset());
                }
            }
        }
    }

    /** The put of this session as it is there, or a new one. */
    private PutStatus resume(Channel target, SegmentFile file, String session) throws RemoteFailure {
        try {
            PutStatus known = session.isEmpty()
                    ? PutStatus.getDefaultInstance()
                    : unary(target)
                            .getPut(GetPutRequest.newBuilder()
                                    .setSession(session)
                                    .build());
            return known.getSession().isEmpty()
                    ? unary(target)
                            .beginPut(BeginPutRequest.newBuilder()
                                    .setHash(file.hash().hex())
                                    .setSizeBytes(file.sizeBytes())
                                    .build())
                    : known;
        } catch (StatusException e) {
            throw new RemoteFailure(e);
        }
    }

    private SegmentServiceBlockingV2Stub unary(Channel channel) {
        return SegmentServiceGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(settings.stallTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }
}
