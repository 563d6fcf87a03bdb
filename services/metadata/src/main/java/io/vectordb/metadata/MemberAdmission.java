package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdmitMemberResponse;
import io.vectordb.internal.metadata.v1.DescribeMemberRequest;
import io.vectordb.internal.metadata.v1.DescribeMemberResponse;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.raft.GroupMember;
import io.vectordb.raft.RaftNode;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the leader does for members that come without data: see {@link GroupEntry}. Thread-safe. */
final class MemberAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(MemberAdmission.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RaftNode node;
    private final MetadataMembers members;
    private final ChannelFactory channels;

    MemberAdmission(RaftNode node, MetadataMembers members, ChannelFactory channels) {
        this.node = node;
        this.members = members;
        this.channels = channels;
    }

    /**
     * Takes a step towards a member that votes with the data of the group: out of the group with one that votes without a
     * replica, into it with one that has made an empty replica. Whether it has one is asked of whoever is where the list of
     * members says, so that a stranger who claims its name changes nothing.
     */
    CompletableFuture<AdmitMemberResponse> admit(String id) {
        MetadataMembers.Member member = members.find(id)
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.NODE_NOT_FOUND,
                        "There is no " + id + " on the list of metadata members",
                        Map.of("node", id)));
        refuseUnlessReachable();
        return Calls.unary(
                        channels.channel(member.rpcAddress()),
                        MetadataServiceGrpc.getDescribeMemberMethod(),
                        DescribeMemberRequest.getDefaultInstance(),
                        PATIENCE)
                .toFuture()
                .thenCompose(described -> change(member, described))
                .thenApply(_ -> voters());
    }

    private CompletableFuture<Void> change(MetadataMembers.Member member, DescribeMemberResponse described) {
        Optional<GroupMember> known = conf().stream()
                .filter(each -> each.nodeId().equals(member.id()))
                .findFirst();
        if (known.filter(GroupMember::voter).isPresent()) {
            if (described.getHasReplica() || member.id().equals(members.self())) {
                throw new VectorDbException(
                        ErrorCode.OPERATION_CONFLICT,
                        "The metadata member " + member.id() + " is in its group and has a replica",
                        Map.of("node", member.id()));
            }
            LOG.warn("the metadata member {} has lost its data: it is taken out of its group", member.id());
            return node.membership().remove(MetadataLog.GROUP, member.id());
        }
        if (known.isEmpty() && described.getHasReplica()) {
            LOG.info("the metadata member {} is taken into its group", member.id());
            return node.membership().addListener(MetadataLog.GROUP, member.peer());
        }
        return CompletableFuture.completedFuture(null);
    }

    /** A group that was founded at an address that only this machine knows would take in who can never call it. */
    private void refuseUnlessReachable() {
        String configured = members.find(members.self()).orElseThrow().peer().address();
        conf().stream()
                .filter(each ->
                        each.nodeId().equals(members.self()) && !each.address().equals(configured))
                .findFirst()
                .ifPresent(self -> {
                    throw new VectorDbException(
                            ErrorCode.OPERATION_CONFLICT,
                            "The log of the metadata knows " + members.self() + " at " + self.address()
                                    + ", the list of members at " + configured
                                    + ": a group made without that list cannot get more members");
                });
    }

    /** Lets those vote that have caught up. */
    void promote() {
        if (!node.isLeader(MetadataLog.GROUP)) {
            return;
        }
        for (GroupMember member : conf()) {
            if (!member.voter() && members.find(member.nodeId()).isPresent()) {
                node.membership()
                        .promote(MetadataLog.GROUP, member.nodeId(), Optional.empty())
                        .whenComplete((_, e) -> {
                            if (e == null) {
                                LOG.info("the metadata member {} votes", member.nodeId());
                            } else {
                                LOG.debug(
                                        "the metadata member {} does not vote yet: {}", member.nodeId(), e.toString());
                            }
                        });
            }
        }
    }

    private List<GroupMember> conf() {
        return node.membership().members(MetadataLog.GROUP);
    }

    private AdmitMemberResponse voters() {
        AdmitMemberResponse.Builder voters = AdmitMemberResponse.newBuilder();
        conf().stream()
                .filter(GroupMember::voter)
                .forEach(member ->
                        voters.addVotersBuilder().setId(member.nodeId()).setRaftAddress(member.address()));
        return voters.build();
    }
}
