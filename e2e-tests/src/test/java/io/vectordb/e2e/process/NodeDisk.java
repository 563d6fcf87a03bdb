package io.vectordb.e2e.process;

import java.nio.file.Path;

/** What the data folders of nodes lie on. */
public interface NodeDisk {

    /** That of the tests. */
    NodeDisk SHARED = new NodeDisk() {
        @Override
        public void mount(String node, Path folder) {}

        @Override
        public void unmount(String node, Path folder) {}
    };

    /** Called before the node starts for the first time; the folder does not exist. */
    void mount(String node, Path folder);

    /** Called when all processes have ended, also where {@link #mount} failed. */
    void unmount(String node, Path folder);
}
