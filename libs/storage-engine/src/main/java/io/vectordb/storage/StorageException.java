package io.vectordb.storage;

/**
 * The store itself failed: RocksDB reported an error, or what it gave back is not what was written.
 *
 * <p>Thrown while applying, the state can no longer be trusted to follow the log, and the owner halts the process: the
 * entry is applied again after the restart. Thrown while opening, the directory is left as it is.
 */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
