package io.vectordb.benchmarks.peer;

import java.util.List;

/**
 * How to start the process of one engine.
 *
 * @param name on the command line and in files
 * @param label in tables and plots
 * @param ours whether it is a configuration of our own index
 * @param command with all its arguments
 */
public record EngineLaunch(String name, String label, boolean ours, List<String> command) {

    public EngineLaunch {
        command = List.copyOf(command);
    }
}
