package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of one node whose replica here does not run, and why: one that failed cannot be started until somebody
 * removes it, one that is retired is kept on purpose. Thread-safe.
 */
final class SetAsideGroups {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");

    static final String RETIRED =
            "its group lost its majority and goes on in a later incarnation; it is kept until it is dropped";

    private final String nodeId;
    private final Map<GroupId, String> failed = new ConcurrentHashMap<>();
    private final Map<GroupId, String> retired = new ConcurrentHashMap<>();

    SetAsideGroups(String nodeId) {
        this.nodeId = nodeId;
    }

    static VectorDbException lost(GroupId group, String why) {
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "The replica of group " + group + " is lost: " + why + "; remove it from its group, then here",
                Map.of("group", group.name()));
    }

    void fail(GroupId group, String why) {
        failed.put(group, why);
    }

    /** Of a replica that was here and is not any more. */
    void lose(GroupId group, String why) {
        LOG.error("Group {} is set aside: {}", group, why);
        fail(group, String.valueOf(lost(group, why).getMessage()));
    }

    void retire(GroupId group) {
        failed.remove(group);
        retired.put(group, RETIRED);
    }

    void forget(GroupId group) {
        failed.remove(group);
        retired.remove(group);
    }

    boolean contains(GroupId group) {
        return hasFailed(group) || isRetired(group);
    }

    boolean hasFailed(GroupId group) {
        return failed.containsKey(group);
    }

    boolean isRetired(GroupId group) {
        return retired.containsKey(group);
    }

    /** @throws VectorDbException {@code SHARD_UNAVAILABLE} with the reason when the group is here */
    void refuse(GroupId group) {
        refuseFailed(group);
        refuse(retired, group);
    }

    /** As {@link #refuse(GroupId)}, but for retired ones. */
    void refuseFailed(GroupId group) {
        refuse(failed, group);
    }

    private void refuse(Map<GroupId, String> groups, GroupId group) {
        String reason = groups.get(group);
        if (reason != null) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "The replica of group " + group + " on node " + nodeId + " is set aside: " + reason,
                    Map.of("group", group.name()));
        }
    }

    Map<GroupId, String> failed() {
        return Map.copyOf(failed);
    }

    Map<GroupId, String> retired() {
        return Map.copyOf(retired);
    }
}
