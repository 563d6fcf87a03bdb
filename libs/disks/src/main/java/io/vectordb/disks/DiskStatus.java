package io.vectordb.disks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say of one disk, for people and for metrics.
 *
 * @param id absent where the folder tells none
 * @param folder where it is, or was last seen
 * @param reason why it is not healthy; empty when it is
 * @param space absent when it cannot be measured
 * @param level by the used share, with what is reserved; {@link DiskLevel#REJECT_WRITES} when it cannot be measured
 * @param reservedBytes promised to writers and not written yet
 * @param formatted by this opening: whatever the folder had before, it is a new disk
 */
public record DiskStatus(
        @Nullable DiskId id,
        Path folder,
        DiskHealth health,
        String reason,
        @Nullable DiskSpace space,
        DiskLevel level,
        long reservedBytes,
        boolean formatted) {}
