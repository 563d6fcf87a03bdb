package io.vectordb.segmentstore;

import java.io.IOException;

/** What was read is not what was put; the disk itself may be well. */
final class DamagedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedFileException(String message) {
        super(message);
    }

    /** What happened to a file that could not be read: what was found, or the failure of the disk. */
    static String reasonOf(IOException error) {
        return error instanceof DamagedFileException ? String.valueOf(error.getMessage()) : error.toString();
    }
}
