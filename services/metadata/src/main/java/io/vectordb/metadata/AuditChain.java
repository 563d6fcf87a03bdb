package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.v1.AuditEntry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The lines of the audit log. Each has the hash of the one before, so that one that is changed, or taken out of the middle,
 * does not fit its neighbours.
 *
 * <p>The hash is SHA-256 over index, time (RFC 3339), actor, action, target, outcome, detail and previous hash, in this
 * order, each as UTF-8 and preceded by its length in bytes in decimal digits and a colon.
 */
final class AuditChain {

    private AuditChain() {}

    static AuditEntry next(AuditEntry last, AppendAuditRequest request, Timestamp time) {
        AuditEntry entry = AuditEntry.newBuilder()
                .setIndex(last.getIndex() + 1)
                .setTime(time)
                .setActor(request.getActor())
                .setAction(request.getAction())
                .setTarget(request.getTarget())
                .setOutcome(request.getOutcome())
                .setDetail(request.getDetail())
                .setPreviousHash(last.getHash())
                .build();
        return entry.toBuilder().setHash(hash(entry)).build();
    }

    static String hash(AuditEntry entry) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (String part : List.of(
                Long.toString(entry.getIndex()),
                Timestamps.toString(entry.getTime()),
                entry.getActor(),
                entry.getAction(),
                entry.getTarget(),
                entry.getOutcome(),
                entry.getDetail(),
                entry.getPreviousHash())) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            text.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            text.writeBytes(bytes);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Where the store keeps a line: the order of keys is that of the lines. */
    static String key(long index) {
        return MetadataState.AUDIT_PREFIX + String.format(Locale.ROOT, "%019d", index);
    }
}
