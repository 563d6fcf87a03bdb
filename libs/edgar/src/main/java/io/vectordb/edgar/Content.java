package io.vectordb.edgar;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The bytes of a file, decompressed where they are gzip, or the reason why there are none. */
sealed interface Content {

    record Loaded(byte[] bytes) implements Content {}

    record Failed(String reason) implements Content {}

    /** Loads at most {@code maxBytes}; whether a file is compressed is told by its first two bytes, not by its name. */
    static Content load(Path file, long maxBytes) {
        try {
            if (!Files.exists(file)) {
                return new Failed("no such file");
            }
            if (!Files.isRegularFile(file)) {
                return new Failed("not a regular file");
            }
            byte[] raw = readAtMost(file, maxBytes);
            if (raw.length > maxBytes) {
                return new Failed("larger than the limit of " + megabytes(maxBytes));
            }
            return isGzip(raw) ? gunzip(raw, maxBytes) : new Loaded(raw);
        } catch (IOException | SecurityException e) {
            return new Failed(Reasons.of(e));
        }
    }

    static boolean isGzip(byte[] bytes) {
        return bytes.length >= 2 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b;
    }

    static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }

    /** First 16 hexadecimal digits of the SHA-256. */
    static String digest(byte[] bytes, int from, int to) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes, from, to - from);
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] readAtMost(Path file, long maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 8L));
        }
    }

    private static Content gunzip(byte[] raw, long maxBytes) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw), 1 << 16)) {
            byte[] bytes = in.readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 8L));
            return bytes.length > maxBytes
                    ? new Failed("decompresses to more than the limit of " + megabytes(maxBytes))
                    : new Loaded(bytes);
        } catch (EOFException e) {
            return new Failed("truncated gzip");
        } catch (ZipException e) {
            return new Failed("damaged gzip: " + Reasons.oneLine(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return new Failed(Reasons.of(e));
        }
    }
}
