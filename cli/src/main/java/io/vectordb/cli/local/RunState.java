package io.vectordb.cli.local;

import java.util.List;

/**
 * What a supervisor tells of its installation: the content of {@code state.json}.
 *
 * @param failure why it gave up; empty in any other phase
 */
public record RunState(
        String name,
        Phase phase,
        long supervisorPid,
        long supervisorStartedMillis,
        String dataDir,
        String restUrl,
        String grpcAddress,
        String failure,
        List<ProcessState> processes) {

    /** Where the supervisor is. */
    public enum Phase {
        RUNNING,
        STOPPING,
        FAILED
    }

    public RunState {
        processes = List.copyOf(processes);
    }

    public OsProcess supervisor() {
        return new OsProcess(supervisorPid, supervisorStartedMillis);
    }

    /** Whether somebody looks after the processes; false after a power cut, for example. */
    public boolean isSupervised() {
        return phase != Phase.FAILED && supervisor().isAlive();
    }
}
