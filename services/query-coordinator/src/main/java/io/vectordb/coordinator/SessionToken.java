package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * How far a client has seen and written, as it carries it from call to call: one seq a shard, merged by maximum.
 * Immutable.
 *
 * <p>As text: URL-safe base64 of a version byte, then 16 bytes a shard (hash of the collection's name, hash of the
 * shard's uid, seq), then a checksum of 2 bytes. A client must not look inside. The collection's name tells a part about
 * another collection, which is passed on, from a part about a shard that is not there any more, which is refused.
 */
final class SessionToken {

    static final SessionToken EMPTY = new SessionToken(Map.of());

    private static final byte VERSION = 1;
    private static final int PART_BYTES = 16;
    private static final int CHECKSUM_BYTES = 2;

    private record Shard(int collection, int uid) implements Comparable<Shard> {
        @Override
        public int compareTo(Shard other) {
            int byCollection = Integer.compare(collection, other.collection);
            return byCollection != 0 ? byCollection : Integer.compare(uid, other.uid);
        }
    }

    private final Map<Shard, Long> seqs;

    private SessionToken(Map<Shard, Long> seqs) {
        this.seqs = seqs;
    }

    /** The token of several that a client sends along. */
    static SessionToken parse(Iterable<String> texts) {
        SessionToken merged = EMPTY;
        for (String text : texts) {
            merged = merged.merge(parse(text));
        }
        return merged;
    }

    private static SessionToken parse(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            int content = bytes.length - CHECKSUM_BYTES;
            if (content < 1 || bytes[0] != VERSION || (content - 1) % PART_BYTES != 0) {
                throw invalid(text);
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            buffer.get();
            Map<Shard, Long> seqs = new TreeMap<>();
            while (buffer.remaining() > CHECKSUM_BYTES) {
                seqs.merge(new Shard(buffer.getInt(), buffer.getInt()), buffer.getLong(), Math::max);
            }
            if (buffer.getShort() != checksum(bytes, content)) {
                throw invalid(text);
            }
            return new SessionToken(seqs);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw invalid(text);
        }
    }

    private static VectorDbException invalid(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return new VectorDbException(ErrorCode.INVALID_TOKEN, "'" + shown + "' is not a token of this server");
    }

    SessionToken merge(SessionToken other) {
        if (other.seqs.isEmpty()) {
            return this;
        }
        Map<Shard, Long> merged = new TreeMap<>(seqs);
        other.seqs.forEach((shard, seq) -> merged.merge(shard, seq, Math::max));
        return new SessionToken(merged);
    }

    /** This token after {@code seq} of a shard was seen. */
    SessionToken with(CollectionHandle collection, ShardState shard, long seq) {
        return merge(new SessionToken(Map.of(key(collection, shard), seq)));
    }

    /** What a read of the shard has to see; 0 where the token says nothing of it. */
    long seq(CollectionHandle collection, ShardState shard) {
        return seqs.getOrDefault(key(collection, shard), 0L);
    }

    /** Refuses the token when it speaks of a shard that the collection does not have (any more). */
    void check(CollectionHandle collection) {
        int name = hash(collection.name());
        for (Shard shard : seqs.keySet()) {
            boolean known = collection.shards().stream().anyMatch(each -> hash(each.getUid()) == shard.uid());
            if (shard.collection() == name && !known) {
                throw new VectorDbException(
                        ErrorCode.INVALID_TOKEN,
                        "the token speaks of a shard that " + collection.name()
                                + " does not have: the collection was made anew; begin without a token");
            }
        }
    }

    /** The text; empty where nothing was seen. */
    String text() {
        if (seqs.isEmpty()) {
            return "";
        }
        int content = 1 + seqs.size() * PART_BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(content + CHECKSUM_BYTES);
        buffer.put(VERSION);
        seqs.forEach((shard, seq) ->
                buffer.putInt(shard.collection()).putInt(shard.uid()).putLong(seq));
        buffer.putShort(checksum(buffer.array(), content));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static Shard key(CollectionHandle collection, ShardState shard) {
        return new Shard(hash(collection.name()), hash(shard.getUid()));
    }

    private static int hash(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    private static short checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(Arrays.copyOf(bytes, length));
        return (short) crc.getValue();
    }
}
