package io.vectordb.cli.local;

import java.util.Map;
import java.util.TreeMap;

/**
 * How one process of an installation is.
 *
 * @param pid 0 while it does not run
 * @param startedMillis its start as the system tells it, 0 while it does not run
 * @param restarts how often it was started again
 */
public record ProcessState(
        String node, String service, long pid, long startedMillis, int restarts, Map<String, Integer> ports) {

    public ProcessState {
        ports = new TreeMap<>(ports);
    }

    public OsProcess process() {
        return new OsProcess(pid, startedMillis);
    }

    public int httpPort() {
        return ports.getOrDefault("http", 0);
    }
}
