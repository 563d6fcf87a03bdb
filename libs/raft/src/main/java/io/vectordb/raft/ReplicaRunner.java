package io.vectordb.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;

/** Starts and stops replicas in the server of a node, each with its state machine. Used by one caller at a time. */
final class ReplicaRunner {

    private static final long CHANGE_TIMEOUT_SECONDS = 60;

    private final RaftServer server;
    private final StateFactory states;
    private final GroupContext context;
    private final Map<UUID, GroupStateMachine> machines;
    private final ClientId clientId = ClientId.randomId();

    /** @param machines where the server looks up the state machine of a group that it starts */
    ReplicaRunner(RaftServer server, StateFactory states, GroupContext context, Map<UUID, GroupStateMachine> machines) {
        this.server = server;
        this.states = states;
        this.context = context;
        this.machines = machines;
    }

    /** @param fresh whether the log is made, and not opened */
    GroupStateMachine start(GroupDirectory directory, GroupDirectory.Marker marker, boolean fresh) {
        GroupId group = directory.group();
        GroupStateMachine machine = new GroupStateMachine(directory, states.create(group, directory.state()), context);
        machines.put(group.uuid(), machine);
        List<RaftPeer> members = new ArrayList<>();
        marker.peers().forEach(peer -> members.add(peer.as(RaftPeerRole.FOLLOWER)));
        marker.listener().ifPresent(peer -> members.add(peer.as(RaftPeerRole.LISTENER)));
        try {
            change(GroupManagementRequest.newAdd(
                    clientId,
                    server.getId(),
                    CallId.getAndIncrement(),
                    RaftGroup.valueOf(GroupRegistry.ratisId(group), members),
                    fresh));
            return machine;
        } catch (RuntimeException e) {
            machines.remove(group.uuid());
            machine.close();
            throw e;
        }
    }

    /** Does nothing when it does not run. Its files stay. */
    void stop(GroupId group) {
        if (!machines.containsKey(group.uuid())) {
            return;
        }
        change(GroupManagementRequest.newRemove(
                clientId, server.getId(), CallId.getAndIncrement(), GroupRegistry.ratisId(group), false, false));
        GroupStateMachine machine = machines.remove(group.uuid());
        if (machine != null) {
            machine.close();
        }
    }

    private void change(GroupManagementRequest request) {
        try {
            server.groupManagementAsync(request).get(CHANGE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new CompletionException(String.valueOf(e.getMessage()), e);
        }
    }
}
