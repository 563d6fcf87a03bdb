package io.vectordb.raft;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Asks one replica of a group, whatever its role. Used by one thread, which it blocks. */
final class PeerClient implements AutoCloseable {

    private static final int TRIES = 5;
    private static final long PAUSE_MILLIS = 200;
    private static final long TIMEOUT_SECONDS = 30;

    private final RaftPeer peer;
    private final RaftClient client;

    PeerClient(GroupId group, RaftPeer peer) {
        this.peer = peer;
        RaftProperties properties = new RaftProperties();
        // Making a checkpoint flushes what is in memory, which takes a while on a busy disk.
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.valueOf(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("6MB"));
        this.client = RaftClient.newBuilder()
                .setProperties(properties)
                .setRaftGroup(RaftGroup.valueOf(GroupRegistry.ratisId(group), peer))
                .setLeaderId(peer.getId())
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                        TRIES, TimeDuration.valueOf(PAUSE_MILLIS, TimeUnit.MILLISECONDS)))
                .build();
    }

    /** @throws IOException when the replica cannot be reached or refuses */
    ByteString ask(PeerMessages.Request request) throws IOException {
        // Minimum index 0, the least that Ratis takes; whoever is a member has committed that much.
        RaftClientReply reply = client.io().sendStaleRead(PeerMessages.encode(request), 0, peer.getId());
        if (!reply.isSuccess()) {
            throw new IOException(peer.getId() + " refused: " + reply.getException(), reply.getException());
        }
        return reply.getMessage().getContent();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
