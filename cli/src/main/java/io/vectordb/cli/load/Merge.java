package io.vectordb.cli.load;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to write for a passage of which a record may be stored.
 *
 * <p>The same document comes in several files: bare, and in its submission, whose header alone tells the day of filing.
 * So what a file does not say never erases what another said. Where two files of one load contradict each other, the
 * first one holds: then a load that is repeated finds nothing to change.
 */
final class Merge {

    private Merge() {}

    /**
     * The record to write, or nothing when the stored one says the same.
     *
     * @param first whether no file of this load had the document before
     */
    static Optional<ObjectNode> of(ObjectNode read, JsonNode stored, boolean first) {
        ObjectNode merged = ((ObjectNode) stored).deepCopy();
        boolean changed = false;
        for (Map.Entry<String, JsonNode> field : read.properties()) {
            JsonNode before = merged.path(field.getKey());
            boolean absent = before.isMissingNode() || before.isNull();
            if (absent || (first && !before.equals(field.getValue()))) {
                merged.set(field.getKey(), field.getValue());
                changed = true;
            }
        }
        return changed ? Optional.of(merged) : Optional.empty();
    }
}
