package io.vectordb.segmentstore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a file in the store: the SHA-256 of its bytes. Who asks for a hash gets these bytes or none.
 *
 * @param hex 64 digits in lower case, as {@code sha256sum} prints them
 */
public record ContentHash(String hex) implements Comparable<ContentHash> {

    static final int BYTES = 32;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
    private static final int BUFFER_BYTES = 1 << 20;

    public ContentHash {
        if (!isHash(hex)) {
            throw new IllegalArgumentException("expected 64 hexadecimal digits, received \"" + hex + "\"");
        }
    }

    /** Whether the text can be a hash: 64 hexadecimal digits in lower case. */
    public static boolean isHash(String text) {
        return FORM.matcher(text).matches();
    }

    public static ContentHash of(byte[] content) {
        return ofDigest(newDigest().digest(content));
    }

    /** Of a whole file, which is read once. */
    public static ContentHash of(Path file) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return ofDigest(digest.digest());
    }

    static ContentHash ofDigest(byte[] digest) {
        return new ContentHash(HexFormat.of().formatHex(digest));
    }

    static ContentHash get(ByteBuffer from) {
        byte[] digest = new byte[BYTES];
        from.get(digest);
        return ofDigest(digest);
    }

    void put(ByteBuffer to) {
        to.put(HexFormat.of().parseHex(hex));
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public int compareTo(ContentHash other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
