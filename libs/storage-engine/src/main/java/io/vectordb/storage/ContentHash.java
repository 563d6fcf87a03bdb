package io.vectordb.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a replica holds as of one log entry, in a form to compare: replicas that applied the same log have the same parts.
 *
 * @param applied as of which entry
 * @param records SHA-256 of the records that exist, each with its key and seq, in the order of bucket and key
 * @param feed SHA-256 of the last {@code feedRows} changes, the newest first
 * @param feedRows how many changes {@code feed} covers: the same on all replicas, unless one was trimmed shorter than
 *     {@link ContentHasher#FEED_ROWS}
 * @param requests SHA-256 of the remembered requests
 * @param counters SHA-256 of what is counted along the log, and of the published segments
 */
public record ContentHash(
        AppliedPosition applied, String records, String feed, long feedRows, String requests, String counters) {

    /** The parts in which this differs from a hash as of the same entry; empty: the replicas are alike. */
    public List<String> differences(ContentHash other) {
        if (!applied.equals(other.applied)) {
            throw new IllegalArgumentException(
                    "hashes as of " + applied + " and " + other.applied + " cannot be compared");
        }
        List<String> parts = new ArrayList<>();
        addIfNot(records.equals(other.records), "records", parts);
        addIfNot(feedRows != other.feedRows || feed.equals(other.feed), "feed", parts);
        addIfNot(requests.equals(other.requests), "requests", parts);
        addIfNot(counters.equals(other.counters), "counters", parts);
        return List.copyOf(parts);
    }

    private static void addIfNot(boolean alike, String part, List<String> parts) {
        if (!alike) {
            parts.add(part);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
