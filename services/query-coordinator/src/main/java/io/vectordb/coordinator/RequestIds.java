package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Request ids, those of clients and those that we give so that our own retries are applied once. */
final class RequestIds {

    /** How long shards remember what was done under an id. */
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private static final Pattern UUID_V7 =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-7\\p{XDigit}{3}-[89abAB]\\p{XDigit}{3}-\\p{XDigit}{12}");
    private static final int UNIX_MILLIS_SHIFT = 16;

    private RequestIds() {}

    /** The client's id if it is well-formed, or a new one where there is none. */
    static String orNew(String given) {
        if (given.isEmpty()) {
            return uuidV7(System.currentTimeMillis()).toString();
        }
        int bytes = given.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.REQUEST_ID_BYTES) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "request_id: at most " + Limits.REQUEST_ID_BYTES + " bytes, received " + bytes);
        }
        return given;
    }

    /**
     * Refuses the id of a load that was begun so long ago that its first lines may be forgotten: to do it again under
     * that id would write them twice.
     */
    static void checkAge(String given, long nowMillis) {
        Matcher uuid = UUID_V7.matcher(given);
        if (uuid.matches()) {
            long begun = UUID.fromString(given).getMostSignificantBits() >>> UNIX_MILLIS_SHIFT;
            if (nowMillis - begun > WINDOW.toMillis()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "request_id: made " + (nowMillis - begun) / 1_000 + " s ago, ids are remembered for "
                                + WINDOW.toSeconds() + " s; use a new one");
            }
        }
    }

    /** What tells a retry of a request from another request under the same id. */
    static ByteString contentHash(String collectionUid, int mode, List<? extends MessageLite> items) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(collectionUid.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) mode);
            for (MessageLite item : items) {
                byte[] bytes = Deterministic.bytes(item);
                sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                sha.update(bytes);
            }
            return ByteString.copyFrom(sha.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A UUID of version 7 (RFC 9562): its time tells the shard how old the request is. */
    static UUID uuidV7(long epochMillis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = epochMillis << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
