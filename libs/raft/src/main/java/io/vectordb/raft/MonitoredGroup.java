package io.vectordb.raft;

import io.vectordb.common.VectorDbException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;

/** One replica of a node as its {@link GroupMonitor} sees it. */
record MonitoredGroup(GroupId group, RaftServer server, GroupRegistry groups, Runnable syncer, Runnable handover)
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
        handover.run();
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
