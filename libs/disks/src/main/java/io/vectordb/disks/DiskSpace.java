package io.vectordb.disks;

/**
 * How full a file system was at one moment.
 *
 * @param totalBytes of the file system
 * @param usedBytes by anybody
 * @param usableBytes that we may still write; less than the rest where a part is kept for the administrator
 */
public record DiskSpace(long totalBytes, long usedBytes, long usableBytes) {

    public DiskSpace {
        if (totalBytes < 0 || usedBytes < 0 || usableBytes < 0) {
            throw new IllegalArgumentException("expected sizes of 0 and up, received total " + totalBytes + ", used "
                    + usedBytes + ", usable " + usableBytes);
        }
    }

    /** The part in use if so many bytes more were written, from 0 to 1 and above; what {@code df} prints, before rounding. */
    public double usedShare(long moreBytes) {
        double reachable = (double) usedBytes + usableBytes;
        return reachable == 0 ? 1 : (usedBytes + (double) moreBytes) / reachable;
    }
}
