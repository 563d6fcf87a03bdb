package io.vectordb.segmentstore.grpc;

import io.grpc.Channel;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.Upload;

/** A file on its way here, from one node after another until it is whole. Closing gives up what is not. One thread. */
final class IncomingFile implements AutoCloseable {

    private final SegmentStore into;
    private final ContentHash hash;
    private final long size;
    private final TransferSettings settings;
    private Upload upload;

    IncomingFile(SegmentStore into, ContentHash hash, long size, TransferSettings settings) {
        this.into = into;
        this.hash = hash;
        this.size = size;
        this.settings = settings;
        this.upload = into.begin(hash, size);
    }

    long offset() {
        return upload.offset();
    }

    /** Takes the rest from this node, and puts the file in the store. */
    ContentHash from(Channel source) throws RemoteFailure {
        FileCalls.receive(source, hash, upload.offset(), size, settings, upload::write);
        try {
            upload.commit();
        } catch (VectorDbException e) {
            if (e.code() != ErrorCode.SEGMENT_CORRUPT) {
                throw e;
            }
            // Whoever sent the wrong bytes, this node has the last of them: another is asked for all of the file.
            upload = into.begin(hash, size);
            throw new RemoteFailure(e);
        }
        return hash;
    }

    @Override
    public void close() {
        upload.abort();
    }
}
