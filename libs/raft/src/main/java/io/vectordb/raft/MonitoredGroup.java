package io.vectordb.raft;

import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;

/** One replica of a node as its {@link GroupMonitor} sees it. */
record MonitoredGroup(
        GroupId group, RaftServer server, GroupRegistry groups, GroupMembership membership, Runnable syncer)
        implements GroupMonitor.Replica {

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public boolean isZombie() {
        if (!groups.groups().contains(group)) {
            return false;
        }
        return server.getLifeCycleState() != LifeCycle.State.RUNNING || (isVoter() && !groups.isRunning(group));
    }

    private boolean isVoter() {
        try {
            return groups.division(group).getRaftConf().getPeer(server.getId()) != null;
        } catch (VectorDbException e) {
            return true;
        }
    }

    @Override
    public long receivedNanos() {
        return groups.find(group).receivedNanos();
    }

    @Override
    public long flushingAfter() {
        try {
            groups.requireLeader(group);
            RaftLog log = groups.division(group).getRaftLog();
            TermIndex last = log.getLastEntryTermIndex();
            return last != null && log.getFlushIndex() < last.getIndex() ? log.getFlushIndex() : -1;
        } catch (VectorDbException e) {
            return -1;
        }
    }

    @Override
    public void handOver() {
        membership.handOver(group);
    }

    @Override
    public long unansweredMillis() {
        try {
            RaftServer.Division division = groups.division(group);
            RoleInfoProto role = division.getInfo().getRoleInfoProto();
            if (!role.hasLeaderInfo()) {
                return 0;
            }
            RaftConfiguration conf = division.getRaftConf();
            List<Long> elapsed = role.getLeaderInfo().getFollowerInfoList().stream()
                    .filter(each -> conf.getPeer(RaftPeerId.valueOf(each.getId().getId())) != null)
                    .map(ServerRpcProto::getLastRpcElapsedTimeMs)
                    .sorted()
                    .toList();
            // With itself a majority; and not since before it led.
            int needed = conf.getCurrentPeers().size() / 2;
            return needed == 0 || needed > elapsed.size()
                    ? 0
                    : Math.min(elapsed.get(needed - 1), role.getRoleElapsedTimeMs());
        } catch (VectorDbException e) {
            return 0;
        }
    }

    @Override
    public void stepDown() {
        membership.stepDown(group);
    }

    @Override
    public Set<String> silentPeers(Duration patience) {
        try {
            RaftServer.Division division = groups.division(group);
            RoleInfoProto role = division.getInfo().getRoleInfoProto();
            if (role.hasCandidateInfo()) {
                // Whoever of them answers in time, it was not enough of them for a leader.
                return role.getCandidateInfo().getLastLeaderElapsedTimeMs() < patience.toMillis()
                        ? Set.of()
                        : others(division.getRaftConf());
            }
            if (role.getRoleElapsedTimeMs() < patience.toMillis()) {
                return Set.of();
            }
            return role.getLeaderInfo().getFollowerInfoList().stream()
                    .filter(each -> each.getLastRpcElapsedTimeMs() >= patience.toMillis())
                    .map(each -> each.getId().getId().toStringUtf8())
                    .collect(Collectors.toSet());
        } catch (VectorDbException e) {
            return Set.of();
        }
    }

    private Set<String> others(RaftConfiguration conf) {
        return conf.getCurrentPeers().stream()
                .map(RaftPeer::getId)
                .filter(id -> !id.equals(server.getId()))
                .map(RaftPeerId::toString)
                .collect(Collectors.toSet());
    }

    @Override
    public void reconnect(String peer) {
        // Closing the old connections waits for what is under way on them.
        Thread.ofVirtual()
                .name("raft-reconnect-" + peer)
                .start(() -> server.getServerRpc()
                        .handleException(RaftPeerId.valueOf(peer), new IOException(peer + " does not answer"), true));
    }

    @Override
    public long entriesSinceSync() {
        return groups.find(group).entriesSinceSync();
    }

    @Override
    public long bytesSinceSync() {
        return groups.find(group).bytesSinceSync();
    }

    @Override
    public void sync() {
        syncer.run();
    }
}
