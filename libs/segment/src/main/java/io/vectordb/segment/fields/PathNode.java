package io.vectordb.segment.fields;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * A path on the way into rows, with its terms, which are the same for all rows.
 *
 * <p>The first {@link #REMEMBERED} paths are remembered, so that rows with names of their own without end cost time
 * instead of memory. Equal by path. Not thread-safe.
 */
final class PathNode {

    static final int REMEMBERED = 10_000;

    private final List<String> names;
    private final int[] remembered;
    private final PathKey key;
    private final @Nullable BytesRef[] kindTerms = new BytesRef[Kind.values().length];
    private final Map<String, PathNode> children = new HashMap<>();
    private final boolean isRemembered;

    private PathNode(List<String> names, int[] remembered, boolean isRemembered) {
        this.names = names;
        this.remembered = remembered;
        this.isRemembered = isRemembered;
        this.key = PathKey.of(names);
    }

    /** The path of no names, where rows begin. */
    static PathNode root() {
        return new PathNode(List.of(), new int[1], true);
    }

    PathNode child(String name) {
        PathNode known = children.get(name);
        if (known != null) {
            return known;
        }
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        boolean remember = isRemembered && remembered[0] < REMEMBERED;
        PathNode child = new PathNode(longer, remembered, remember);
        if (remember) {
            remembered[0]++;
            children.put(name, child);
        }
        return child;
    }

    PathKey key() {
        return key;
    }

    boolean isRemembered() {
        return isRemembered;
    }

    /** The term that says that a row has a value of this kind here. */
    BytesRef kindTerm(Kind kind) {
        BytesRef term = kindTerms[kind.ordinal()];
        if (term == null) {
            term = key.term(kind);
            kindTerms[kind.ordinal()] = term;
        }
        return term;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathNode node && key.equals(node.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }
}
