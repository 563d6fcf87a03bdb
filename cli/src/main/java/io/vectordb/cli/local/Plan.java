package io.vectordb.cli.local;

import java.util.List;

/**
 * What a supervisor runs.
 *
 * @param name of the installation
 * @param processes in the order of their start; they are stopped the other way round
 */
public record Plan(String name, String dataDir, String restUrl, String grpcAddress, List<ProcessSpec> processes) {

    public Plan {
        processes = List.copyOf(processes);
    }
}
