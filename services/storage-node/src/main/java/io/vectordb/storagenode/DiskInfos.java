package io.vectordb.storagenode;

import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskId;
import io.vectordb.disks.DiskSpace;
import io.vectordb.disks.DiskStatus;
import io.vectordb.internal.storage.v1.DiskInfo;
import io.vectordb.raft.RaftNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What operators are told of the disks of a node. Measures them, so that it takes as long as the slowest. */
final class DiskInfos {

    private DiskInfos() {}

    static List<DiskInfo> of(DiskServers node) {
        return node.disks().statuses().stream()
                .map(status -> info(node, status))
                .toList();
    }

    private static DiskInfo info(DiskServers node, DiskStatus status) {
        DiskInfo.Builder info = DiskInfo.newBuilder()
                .setFolder(status.folder().toString())
                .setHealth(word(status.health()))
                .setReason(status.reason())
                .setLevel(word(status.level()))
                .setReservedBytes(status.reservedBytes());
        DiskSpace space = status.space();
        if (space != null) {
            info.setTotalBytes(space.totalBytes())
                    .setUsedBytes(space.usedBytes())
                    .setUsableBytes(space.usableBytes());
        }
        DiskId id = status.id();
        if (id != null) {
            info.setId(DiskServers.name(id));
            Optional<RaftNode> server = node.serverOf(id);
            server.ifPresent(each -> info.setRaftAddress(each.address())
                    .setReplicas(each.groups().size()));
            info.setProbeMicros(probeMicros(node, id));
        }
        return info.build();
    }

    private static long probeMicros(DiskServers node, DiskId id) {
        return node.disks().disks().stream()
                .filter(disk -> disk.id().equals(id))
                .map(Disk::lastProbe)
                .filter(each -> each != null)
                .mapToLong(Duration::toNanos)
                .map(nanos -> Math.max(1, nanos / 1_000))
                .findFirst()
                .orElse(0);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
