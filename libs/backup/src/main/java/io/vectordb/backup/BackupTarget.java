package io.vectordb.backup;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where backups lie: immutable blobs named by their content, and small manifests with names of their own.
 *
 * <p>What was put or published is durable when the call returns; a call that fails leaves nothing that can be seen. Any
 * number of threads and processes may use one target at once.
 */
public interface BackupTarget {

    /** How it is called by people. */
    String name();

    /**
     * Whether a blob of this size is there. Its age starts anew, so that it is not collected before a manifest can name
     * it.
     */
    boolean renew(BlobId blob, long bytes) throws IOException;

    /**
     * Stores what the stream gives; does no harm where the blob is there already.
     *
     * @throws IOException also when the bytes do not have this hash or this size
     */
    void put(BlobId blob, long bytes, InputStream content) throws IOException;

    /** The bytes of a blob, as they are; {@link java.nio.file.NoSuchFileException} where there is none. */
    InputStream open(BlobId blob) throws IOException;

    /** All blobs. */
    List<StoredBlob> blobs() throws IOException;

    /** Removes a blob unless it was put or renewed at {@code time} or later; answers whether it did. */
    boolean removeIfOlder(BlobId blob, Instant time) throws IOException;

    /** Takes a damaged blob out of use and keeps it for who wants to look at it; the next backup puts it anew. */
    void setAside(BlobId blob) throws IOException;

    /** Stores a manifest under a name that is not taken. */
    void publish(String id, byte[] manifest) throws IOException;

    /** The manifest of this name. */
    Optional<byte[]> manifest(String id) throws IOException;

    /** The names of all manifests, sorted. */
    List<String> manifests() throws IOException;

    /** Forgets a manifest. */
    void removeManifest(String id) throws IOException;

    /** Removes what uploads that ended before {@code time} have left behind. */
    void sweep(Instant time) throws IOException;
}
