package io.vectordb.disks;

/**
 * From which used share on a disk is treated with more and more care; each from 0 to 1, in rising order.
 *
 * @param noNewFiles nothing new is placed there
 * @param moveAway what is there should be moved to others
 * @param rejectWrites what is being written there is refused; deletes go on
 */
public record Watermarks(double noNewFiles, double moveAway, double rejectWrites) {

    /** 85, 90 and 95 %, as Elasticsearch has them. */
    public static final Watermarks DEFAULT = new Watermarks(0.85, 0.90, 0.95);

    public Watermarks {
        if (!(noNewFiles > 0 && noNewFiles <= moveAway && moveAway <= rejectWrites && rejectWrites <= 1)) {
            throw new IllegalArgumentException("expected 0 < no new files <= move away <= reject writes <= 1, received "
                    + noNewFiles + ", " + moveAway + ", " + rejectWrites);
        }
    }

    DiskLevel levelOf(double usedShare) {
        if (usedShare >= rejectWrites) {
            return DiskLevel.REJECT_WRITES;
        }
        if (usedShare >= moveAway) {
            return DiskLevel.MOVE_AWAY;
        }
        return usedShare >= noNewFiles ? DiskLevel.NO_NEW_FILES : DiskLevel.NORMAL;
    }
}
