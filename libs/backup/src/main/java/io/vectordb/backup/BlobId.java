package io.vectordb.backup;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The name of an immutable file in a target: the SHA-256 of its bytes, in hexadecimal digits. */
public record BlobId(String sha256) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public BlobId {
        if (!isOne(sha256)) {
            throw new IllegalArgumentException("expected 64 hexadecimal digits, received " + sha256);
        }
    }

    /** Whether this is the name of a blob. */
    public static boolean isOne(String name) {
        return FORM.matcher(name).matches();
    }

    /** The name of these bytes. */
    public static BlobId of(byte[] bytes) {
        MessageDigest digest = digest();
        digest.update(ByteBuffer.wrap(bytes));
        return of(digest);
    }

    /** The name of what {@code digest} was fed with. */
    static BlobId of(MessageDigest digest) {
        return new BlobId(HexFormat.of().formatHex(digest.digest()));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return sha256;
    }
}
