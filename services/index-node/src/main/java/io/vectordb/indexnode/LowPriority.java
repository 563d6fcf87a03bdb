package io.vectordb.indexnode;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the operating system prefer other threads: on Linux the nice value belongs to a thread. */
final class LowPriority {

    private static final Logger LOG = LoggerFactory.getLogger(LowPriority.class);
    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;
    /** A third of the share of another busy thread. */
    private static final int NICE = 5;

    private LowPriority() {}

    /** Does nothing where there is no such thing, and does not fail. */
    static void ofThisThread() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle setPriority = linker.downcallHandle(
                    linker.defaultLookup().find("setpriority").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int result = (int) setPriority.invokeExact(PRIO_PROCESS, THIS_THREAD, NICE);
            LOG.debug("setpriority: {}", result);
        } catch (Throwable e) {
            LOG.info("segments are built at normal priority: {}", e.toString());
        }
    }
}
