package io.vectordb.e2e.process;

import java.util.List;

/**
 * Where a process runs and is reached.
 *
 * @param host the address that its ports are bound to
 * @param launcher what its command line begins with, to run it elsewhere than the tests; may be empty
 */
public record Placement(String host, List<String> launcher) {

    /** Beside the tests, as nearly everything. */
    public static final Placement LOOPBACK = new Placement("127.0.0.1", List.of());

    public Placement {
        launcher = List.copyOf(launcher);
    }
}
