package io.vectordb.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of a Raft group, unique for all time: a name used again after its group was removed would meet old replicas.
 *
 * @param name 1 to 128 characters of {@code [A-Za-z0-9._-]}, not starting with a dot; also a folder's name
 */
public record GroupId(String name) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    public GroupId {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("A group's name matches " + FORM + ", received \"" + name + "\"");
        }
    }

    /** The group that replicates the shard of this uid. */
    public static GroupId of(String name) {
        return new GroupId(name);
    }

    /** The name-based (version 3) UUID under which the group is known on the wire and in the log's folder. */
    public UUID uuid() {
        return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
