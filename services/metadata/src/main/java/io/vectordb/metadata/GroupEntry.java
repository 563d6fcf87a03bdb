package io.vectordb.metadata;

import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdmitMemberRequest;
import io.vectordb.internal.metadata.v1.AdmitMemberResponse;
import io.vectordb.internal.metadata.v1.DescribeMemberRequest;
import io.vectordb.internal.metadata.v1.DescribeMemberResponse;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.MetadataClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How this member comes into its group when it has no replica of the log. It founds the group together with the others when
 * all of them answer and none knows a cluster; else it has lost its data, or never had any, and must not vote: it asks the
 * leader to take it in, listens, and votes once the leader has promoted it.
 *
 * <p>So the first start of a group needs all of its members, and a member that comes back with an empty folder never votes
 * a second time in a term in which it had voted. Called by one thread; what it asks others takes seconds.
 */
final class GroupEntry {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration ADMISSION = Duration.ofSeconds(10);

    private final RaftNode node;
    private final MetadataMembers members;
    private final ChannelFactory channels;
    private volatile boolean complete;
    private volatile boolean founding = true;
    private volatile Optional<String> problem = Optional.empty();

    GroupEntry(RaftNode node, MetadataMembers members, ChannelFactory channels) {
        this.node = node;
        this.members = members;
        this.channels = channels;
    }

    /** Whether this member has a replica and votes. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the next step may come soon. */
    boolean isFounding() {
        return !complete && founding;
    }

    /** What keeps it out. */
    Optional<String> problem() {
        return problem;
    }

    /** Does the next step. */
    void proceed() {
        try {
            if (node.has(MetadataLog.GROUP) && votes()) {
                complete = true;
            } else if (node.has(MetadataLog.GROUP)) {
                founding = false;
                askToBeAdmitted();
            } else {
                enter();
            }
            if (complete) {
                problem = Optional.empty();
            }
        } catch (VectorDbException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private boolean votes() {
        return node.membership().members(MetadataLog.GROUP).stream()
                .anyMatch(member -> member.nodeId().equals(members.self()) && member.voter());
    }

    private void enter() {
        List<String> silent = new ArrayList<>();
        boolean clusterExists = false;
        for (MetadataMembers.Member other : members.others()) {
            Optional<DescribeMemberResponse> answer = ask(other);
            if (answer.isEmpty()) {
                silent.add(other.id() + " at " + other.rpcAddress());
            }
            clusterExists |=
                    answer.filter(each -> !each.getClusterId().isEmpty()).isPresent();
        }
        if (clusterExists) {
            founding = false;
            problem = Optional.of("the cluster exists and this member has no data of it: it is being taken in");
            listen(askToBeAdmitted());
        } else if (silent.isEmpty()) {
            node.addGroup(MetadataLog.GROUP, members.peers());
        } else {
            problem = Optional.of(
                    "this member has no data, and whether that is its first start only all others can tell: " + silent
                            + " did not answer");
        }
    }

    private Optional<DescribeMemberResponse> ask(MetadataMembers.Member other) {
        return Calls.unary(
                        channels.channel(other.rpcAddress()),
                        MetadataServiceGrpc.getDescribeMemberMethod(),
                        DescribeMemberRequest.getDefaultInstance(),
                        PATIENCE)
                .map(Optional::of)
                .onErrorReturn(Optional.empty())
                .blockOptional()
                .flatMap(answer -> answer);
    }

    private AdmitMemberResponse askToBeAdmitted() {
        List<String> others = members.others().stream()
                .map(MetadataMembers.Member::rpcAddress)
                .toList();
        try (MetadataClient client = new MetadataClient(channels, others)) {
            return client.call(
                            MetadataServiceGrpc.getAdmitMemberMethod(),
                            AdmitMemberRequest.newBuilder()
                                    .setId(members.self())
                                    .build(),
                            ADMISSION)
                    .blockOptional()
                    .orElseThrow();
        }
    }

    /** The replica is made before the leader takes it in, and refused while the leader counts it as a voter. */
    private void listen(AdmitMemberResponse admitted) {
        List<RaftPeerAddress> voters = admitted.getVotersList().stream()
                .map(voter -> RaftPeerAddress.ofNode(voter.getId(), voter.getRaftAddress()))
                .toList();
        node.addListener(MetadataLog.GROUP, voters);
    }
}
