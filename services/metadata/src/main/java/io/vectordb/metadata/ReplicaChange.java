package io.vectordb.metadata;

import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ShardMembers;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.storage.v1.AddListenerRequest;
import io.vectordb.internal.storage.v1.DropReplicaRequest;
import io.vectordb.internal.storage.v1.GroupVoter;
import io.vectordb.internal.storage.v1.JoinGroupRequest;
import io.vectordb.internal.storage.v1.JoinGroupResponse;
import io.vectordb.internal.storage.v1.MemberInfo;
import io.vectordb.internal.storage.v1.PromoteListenerRequest;
import io.vectordb.internal.storage.v1.RemoveMemberRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Moves a replica of a shard to another node, adds one, or takes one away: a listener that catches up, then one change of
 * the members that promotes it and drops the other, then the shard map.
 *
 * <p>Nothing is remembered between steps. Each looks at the members as the group's leader has them, which is the truth, and
 * does the next thing; so it does not matter who did the one before, whether it was answered, or how often it is tried. What
 * two drivers at once may ask for is decided by the group, which compares the members with those that a change was made from.
 */
final class ReplicaChange {

    /** Entries that a listener may lack to be promoted; the storage node refuses more. */
    private static final long PROMOTION_LAG = 1_000;

    private final StorageNodes nodes;
    private final long metadataVersion;
    private final ShardState shard;
    private final ChangeReplicas change;
    private final Task.Wish wish;

    /**
     * @param metadataVersion of a state that has the task
     * @param shard as the metadata has it now
     */
    ReplicaChange(StorageNodes nodes, long metadataVersion, ShardState shard, Task task) {
        this.metadataVersion = metadataVersion;
        this.nodes = nodes;
        this.shard = shard;
        this.change = task.getChangeReplicas();
        this.wish = task.getWish();
    }

    /** The group as its leader sees it. */
    private record Seen(ReplicaInfo leader, String leaderNode, StorageNodes.Told told) {

        Map<String, ReplicaInfo> replicas() {
            return told.replicas();
        }

        Optional<MemberInfo> member(String node) {
            return leader.getMembersList().stream()
                    .filter(each -> each.getNode().equals(node))
                    .findFirst();
        }

        List<MemberInfo> voters() {
            return leader.getMembersList().stream().filter(MemberInfo::getVoter).toList();
        }

        boolean isVoter(String node) {
            return member(node).filter(MemberInfo::getVoter).isPresent();
        }

        /**
         * Why the members must not become these now: a change that the new ones cannot confirm would never end, and leave
         * the shard without a leader.
         *
         * @param leaving a voter that goes; empty: none
         * @param coming a listener that becomes a voter; empty: none
         */
        Optional<String> dangerWithout(String leaving, String coming) {
            Set<String> next = new TreeSet<>();
            voters().forEach(voter -> next.add(voter.getNode()));
            next.remove(leaving);
            if (!coming.isEmpty()) {
                next.add(coming);
            }
            List<String> silent = next.stream().filter(node -> !works(node)).toList();
            return 2 * (next.size() - silent.size()) > next.size()
                    ? Optional.empty()
                    : Optional.of("no majority would be left: " + String.join(", ", silent) + " do not answer");
        }

        private boolean works(String node) {
            ReplicaInfo there = replicas().get(node);
            return there != null && there.getSetAside().isEmpty();
        }

        long bytes() {
            return leader.getBytes();
        }

        long bytesOn(String node) {
            ReplicaInfo there = replicas().get(node);
            return there == null ? 0 : there.getBytes();
        }
    }

    /**
     * Does the next thing; blocks for as long as the calls take.
     *
     * @throws VectorDbException when it did not work now; with {@code SEGMENT_CORRUPT} it never will
     */
    TaskStep next() {
        Optional<Seen> found = look();
        if (found.isEmpty()) {
            return working("waiting", "the shard has no leader that answers", 0, 0);
        }
        Seen seen = found.get();
        String to = change.getToNode();
        String from = change.getFromNode();
        boolean hasArrived = to.isEmpty() || seen.isVoter(to);
        if (hasArrived && (from.isEmpty() || seen.member(from).isEmpty())) {
            return new TaskStep.Done(Optional.of(members(seen)));
        }
        if (wish == Task.Wish.CANCEL && (to.isEmpty() || !hasArrived)) {
            return undo(seen);
        }
        if (hasArrived) {
            return takeOut(seen, from);
        }
        return seen.member(to).isPresent() ? promote(seen) : join(seen);
    }

    private Optional<Seen> look() {
        StorageNodes.Told told = nodes.replicas(shard, change.getToNode());
        return told.replicas().entrySet().stream()
                .filter(each -> each.getValue().getLeader())
                // One that was deposed and does not know it yet has an older term.
                .max(Comparator.comparingLong(each -> each.getValue().getLastLogTerm()))
                .map(leader -> new Seen(leader.getValue(), leader.getKey(), told));
    }

    private ShardMembers members(Seen seen) {
        ShardMembers.Builder members =
                ShardMembers.newBuilder().setShard(shard.getUid()).setIncarnation(shard.getIncarnation());
        seen.voters().forEach(voter -> members.addNodes(voter.getNode()).addDisks(voter.getDisk()));
        return members.build();
    }

    private TaskStep join(Seen seen) {
        String to = change.getToNode();
        JoinGroupRequest.Builder join = JoinGroupRequest.newBuilder()
                .setShard(shard.getUid())
                .setIncarnation(shard.getIncarnation())
                .setBytes(seen.bytes())
                .setMetadataVersion(metadataVersion);
        seen.voters()
                .forEach(voter -> join.addVoters(GroupVoter.newBuilder()
                        .setNode(voter.getNode())
                        .setRaftAddress(voter.getRaftAddress())
                        .setDisk(voter.getDisk())));
        JoinGroupResponse joined = nodes.call(to, StorageAdminServiceGrpc.getJoinGroupMethod(), join.build());
        nodes.change(
                seen.leaderNode(),
                StorageAdminServiceGrpc.getAddListenerMethod(),
                AddListenerRequest.newBuilder()
                        .setShard(shard.getUid())
                        .setNode(to)
                        .setRaftAddress(joined.getRaftAddress())
                        .setDisk(joined.getDisk())
                        .build());
        return working("copying", "", 0, seen.bytes());
    }

    private TaskStep promote(Seen seen) {
        String to = change.getToNode();
        String from = change.getFromNode();
        MemberInfo listener = seen.member(to).orElseThrow();
        ReplicaInfo there = seen.replicas().get(to);
        if (there == null && seen.told().answered().contains(to)) {
            // It was lost there, and nobody who has no replica can catch up: the next step makes it anew.
            nodes.change(seen.leaderNode(), StorageAdminServiceGrpc.getRemoveMemberMethod(), removal(to));
            return working("copying", "node " + to + " has lost its replica", 0, seen.bytes());
        }
        if (there == null) {
            return working("copying", "node " + to + " does not answer", 0, seen.bytes());
        }
        if (!there.getSetAside().isEmpty()) {
            return working("copying", there.getSetAside(), 0, seen.bytes());
        }
        long lag = seen.leader().getLastLogIndex() - listener.getCommitIndex();
        if (lag > PROMOTION_LAG || there.getMissingSegments() > 0) {
            String note = there.getMissingSegments() > 0 ? there.getMissingSegments() + " segment files to fetch" : "";
            return working("copying", note, seen.bytesOn(to), seen.bytes());
        }
        boolean isReplaced = seen.isVoter(from);
        if (isReplaced && seen.leaderNode().equals(from) && seen.voters().size() > 1) {
            return handOver(seen, from);
        }
        Optional<String> danger = seen.dangerWithout(isReplaced ? from : "", to);
        if (danger.isPresent()) {
            return working("promoting", danger.get(), seen.bytes(), seen.bytes());
        }
        PromoteListenerRequest.Builder promotion =
                PromoteListenerRequest.newBuilder().setShard(shard.getUid()).setNode(to);
        // A lone voter can hand over only to another one.
        if (isReplaced && !seen.leaderNode().equals(from)) {
            promotion.setReplacesNode(from);
        }
        nodes.change(seen.leaderNode(), StorageAdminServiceGrpc.getPromoteListenerMethod(), promotion.build());
        return working("promoting", "", seen.bytes(), seen.bytes());
    }

    private TaskStep takeOut(Seen seen, String from) {
        if (seen.leaderNode().equals(from)) {
            return handOver(seen, from);
        }
        Optional<String> danger = seen.dangerWithout(from, "");
        if (danger.isPresent()) {
            return working("removing", danger.get(), seen.bytes(), seen.bytes());
        }
        nodes.change(seen.leaderNode(), StorageAdminServiceGrpc.getRemoveMemberMethod(), removal(from));
        return working("removing", "", seen.bytes(), seen.bytes());
    }

    /** To the voter that is furthest, the new one if there is one. */
    private TaskStep handOver(Seen seen, String from) {
        MemberInfo successor = seen.voters().stream()
                .filter(voter -> !voter.getNode().equals(from))
                .max(Comparator.comparing((MemberInfo voter) -> voter.getNode().equals(change.getToNode()))
                        .thenComparingLong(MemberInfo::getCommitIndex)
                        .thenComparing(MemberInfo::getNode))
                .orElseThrow();
        nodes.change(
                seen.leaderNode(),
                StorageAdminServiceGrpc.getTransferLeadershipMethod(),
                TransferLeadershipRequest.newBuilder()
                        .setShard(shard.getUid())
                        .setNode(successor.getNode())
                        .build());
        return working("handing over", "", seen.bytes(), seen.bytes());
    }

    /** Leaves no listener behind when the change is given up; not when it has become a voter, or nobody leads. */
    void abandon() {
        look().filter(seen -> !seen.isVoter(change.getToNode())).ifPresent(this::undo);
    }

    /** Takes the listener out of the group, and drops what it has. */
    private TaskStep undo(Seen seen) {
        String to = change.getToNode();
        if (to.isEmpty()) {
            return new TaskStep.Undone();
        }
        if (seen.member(to).isPresent()) {
            nodes.change(seen.leaderNode(), StorageAdminServiceGrpc.getRemoveMemberMethod(), removal(to));
        }
        if (seen.replicas().containsKey(to)) {
            nodes.call(
                    to,
                    StorageAdminServiceGrpc.getDropReplicaMethod(),
                    DropReplicaRequest.newBuilder()
                            .setShard(shard.getUid())
                            .setIncarnation(shard.getIncarnation())
                            .setDismissed(true)
                            .build());
        }
        return new TaskStep.Undone();
    }

    private RemoveMemberRequest removal(String node) {
        return RemoveMemberRequest.newBuilder()
                .setShard(shard.getUid())
                .setNode(node)
                .build();
    }

    private static TaskStep working(String phase, String note, long bytesDone, long bytesTotal) {
        return new TaskStep.Working(phase, note, bytesDone, bytesTotal);
    }
}
