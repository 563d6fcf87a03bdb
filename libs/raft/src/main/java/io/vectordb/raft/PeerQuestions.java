package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one node asks the replicas of others. Thread-safe. */
final class PeerQuestions {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");

    private final String nodeId;
    private final ExecutorService askers;

    /** @param askers threads that wait for answers */
    PeerQuestions(String nodeId, ExecutorService askers) {
        this.nodeId = nodeId;
        this.askers = askers;
    }

    /** See {@link RaftNode#ask}. */
    CompletableFuture<byte[]> ask(GroupId group, RaftPeer peer, byte[] request) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (PeerClient client = new PeerClient(group, peer)) {
                        return client.ask(new PeerMessages.Query(request)).toByteArray();
                    } catch (IOException e) {
                        String asked = ServerId.nodeOf(peer.getId());
                        throw RaftErrors.unavailable(
                                "Node " + asked + " did not answer for group " + group + ": " + e.getMessage(),
                                Map.of("group", group.name(), "node", asked),
                                e);
                    }
                },
                askers);
    }

    /**
     * An empty replica of a node that its group still counts as a voter would vote without what it had confirmed.
     *
     * @throws VectorDbException {@code OPERATION_CONFLICT} when the leader counts this node as a voter, {@code
     *     SHARD_UNAVAILABLE} when no leader is among them
     */
    void refuseMember(GroupId group, List<RaftPeerAddress> voters) {
        for (RaftPeerAddress voter : voters) {
            try (PeerClient client = new PeerClient(group, voter.as(RaftPeerRole.FOLLOWER))) {
                PeerMessages.Members members = PeerMessages.decodeMembers(client.ask(new PeerMessages.AskMembers()));
                if (members.leader() && members.voters().contains(nodeId)) {
                    throw new VectorDbException(
                            ErrorCode.OPERATION_CONFLICT,
                            "Node " + nodeId + " is a voter of group " + group
                                    + ": remove it from the group before it joins anew",
                            Map.of("group", group.name(), "node", nodeId));
                }
                if (members.leader()) {
                    return;
                }
            } catch (IOException e) {
                LOG.info("Group {}: {} did not tell its members: {}", group, voter, e.toString());
            }
        }
        throw new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "None of " + voters + " is the leader of group " + group,
                Map.of("group", group.name()));
    }
}
