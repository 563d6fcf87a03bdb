package io.vectordb.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paths that share their beginnings. A path that is also the beginning of others takes all of them in. */
final class PathTree {

    private final Map<String, PathTree> children = new LinkedHashMap<>();
    private boolean whole;

    static PathTree of(List<List<String>> paths) {
        PathTree root = new PathTree();
        for (List<String> path : paths) {
            PathTree node = root;
            for (String name : path) {
                node = node.children.computeIfAbsent(name, added -> new PathTree());
            }
            node.whole = true;
        }
        return root;
    }

    /** What the paths that begin with this name say of the rest; null if there is none. */
    @Nullable
    PathTree child(String name) {
        return children.get(name);
    }

    /** Whether a path ends here. */
    boolean whole() {
        return whole;
    }
}
