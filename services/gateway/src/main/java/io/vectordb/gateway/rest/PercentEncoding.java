package io.vectordb.gateway.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding as in RFC 3986, read strictly. */
final class PercentEncoding {

    private PercentEncoding() {}

    /**
     * The text behind an encoded piece of a URI.
     *
     * @param plusIsSpace as in query strings
     * @throws IllegalArgumentException when a percent sign is not followed by two digits, or the bytes are not UTF-8
     */
    static String decode(String encoded, boolean plusIsSpace) {
        if (encoded.indexOf('%') < 0 && (!plusIsSpace || encoded.indexOf('+') < 0)) {
            return encoded;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                int high = digit(raw, i + 1);
                int low = digit(raw, i + 2);
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("a percent sign at character " + i + " without two digits");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(plusIsSpace && raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the percent-encoded bytes are not UTF-8", e);
        }
    }

    private static int digit(byte[] raw, int index) {
        return index < raw.length ? Character.digit(raw[index], 16) : -1;
    }
}
