package io.vectordb.raft;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * How Ratis is configured, and why where it is not the default.
 *
 * <p>Ratis ships no files itself ({@code install.snapshot.enabled} is false): it tells a replica that lacks purged
 * entries, which then fetches a copy of the state from the leader ({@link SnapshotReceiver}). How far the log is purged
 * is decided by {@link GroupStateMachine}, by entries and bytes; Ratis' own margin ({@code
 * log.purge.preservation.log.num}) knows entries only, and 50,000 of them may have 100 GB.
 *
 * <p>Ratis' retry cache keeps every reply for its time; each submission of ours is its own call and repeats are
 * recognised by the states, so that time is short (10 minutes would hold a million replies of a busy group).
 */
final class RatisProperties {

    private static final SizeInBytes APPENDER_BYTES = SizeInBytes.valueOf("4MB");

    private static final int PURGE_GAP_ENTRIES = 1_024;

    private RatisProperties() {}

    /** The folder of the logs; see {@link #setLogDirectory}. */
    static Path logDirectory(RaftNodeConfig config) {
        return config.dataDir().resolve("log");
    }

    static RaftProperties of(RaftNodeConfig config) {
        RaftProperties properties = new RaftProperties();
        // A folder that is never made: Ratis would start every group it finds, and fail as a whole when one is bad.
        setLogDirectory(properties, config.dataDir().resolve("none"));
        // The defaults of both lie in /tmp.
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, config.dataDir().resolve("removed").toFile());
        // Since the last answer of the one that joins, not of the whole copy.
        RaftServerConfigKeys.setStagingTimeout(properties, seconds(20));
        elections(properties, config.settings());
        network(properties, config);
        log(properties, config.settings());
        reads(properties);
        return properties;
    }

    /** Where groups that are added from now on have their logs. */
    static void setLogDirectory(RaftProperties properties, Path directory) {
        List<File> folders = List.of(directory.toFile());
        RaftServerConfigKeys.setStorageDir(properties, folders);
    }

    private static void elections(RaftProperties properties, RaftSettings settings) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, duration(settings.electionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, duration(settings.electionTimeoutMax()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, duration(settings.firstElectionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, duration(settings.firstElectionTimeoutMax()));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, false);
    }

    private static void network(RaftProperties properties, RaftNodeConfig config) {
        GrpcConfigKeys.Server.setHost(properties, config.host());
        GrpcConfigKeys.Server.setPort(properties, config.port());
        // Ratis demands 1 MB above the appender's limit.
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("6MB"));
    }

    private static void log(RaftProperties properties, RaftSettings settings) {
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPENDER_BYTES);
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        // Below the election timeout: the default of 5 s leaves a member that was away without entries and heartbeats.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "1ms,10, 100ms,20, 400ms,1000000000");
        // Below the appender's limit and 8 bytes a replica fails to start and its callers hang.
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(APPENDER_BYTES.getSize() + 1024));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("32MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("64MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf("16MB"));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, 0);
        RaftServerConfigKeys.Log.setPurgeGap(
                properties, (int) Math.clamp(settings.keepEntries() / 2, 1, PURGE_GAP_ENTRIES));
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // An entry of its own, and a sync on every member, after each commit, only so that a restarted replica knows
        // from its log what was committed: its state knows that, up to what it has applied, and the next leader knows
        // the rest.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // Both report entries as flushed that are not.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Write.setElementLimit(properties, settings.pendingCommands());
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(settings.pendingBytes()));
        // GroupMonitor triggers them by entries, bytes and time; Ratis would by entries only.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(10));
    }

    private static void reads(RaftProperties properties) {
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, false);
    }

    private static TimeDuration seconds(long seconds) {
        return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
    }

    private static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
