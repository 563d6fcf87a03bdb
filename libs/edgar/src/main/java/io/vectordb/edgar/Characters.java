package io.vectordb.edgar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decoding of bytes and cleaning of characters. */
final class Characters {

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
    private static final char REPLACEMENT = '\uFFFD';

    private Characters() {}

    /**
     * UTF-8 if the bytes are that, else windows-1252. Bytes that are UTF-8 but for a few (a text cut or damaged) stay
     * UTF-8: falling back would garble every other character.
     */
    static String decode(byte[] bytes) {
        if (bytes.length >= 2
                && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF
                        || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)) {
            return new String(bytes, StandardCharsets.UTF_16);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            String lenient = new String(bytes, StandardCharsets.UTF_8);
            return mostlyValid(lenient) ? lenient : new String(bytes, WINDOWS_1252);
        }
    }

    private static boolean mostlyValid(String text) {
        int replaced = 0;
        int foreign = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == REPLACEMENT) {
                replaced++;
            } else if (c > 0x7F) {
                foreign++;
            }
        }
        return replaced * 10L <= foreign;
    }

    /**
     * What a character becomes in normalised text: white space of every kind a space, C1 codes what windows-1252 means
     * by them, Wingdings bullets a bullet; 0 for what is dropped (controls, zero-width characters, private use).
     */
    static char clean(char c) {
        if (c > ' ' && c < 0x7F) {
            return c;
        }
        if (c <= ' ') {
            return isBreak(c) ? ' ' : 0;
        }
        if (c < 0xA0) {
            return windows1252(c);
        }
        return cleanUnicode(c);
    }

    private static boolean isBreak(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static char windows1252(char c) {
        if (c == 0x7F) {
            return 0;
        }
        if (c == 0x85) {
            return '\u2026';
        }
        char mapped = new String(new byte[] {(byte) c}, WINDOWS_1252).charAt(0);
        return mapped == REPLACEMENT || mapped == c ? 0 : mapped;
    }

    private static char cleanUnicode(char c) {
        return switch (c) {
            case 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> ' ';
            case 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, REPLACEMENT, 0xFFFE, 0xFFFF -> 0;
            case 0x2010, 0x2011 -> '-';
            case 0xF0A7, 0xF0B7 -> '\u2022';
            default -> {
                if (c >= 0x2000 && c <= 0x200A) {
                    yield ' ';
                }
                yield c >= 0xE000 && c <= 0xF8FF ? 0 : c;
            }
        };
    }

    /** The text with every character cleaned and white space collapsed to single spaces; no lines remain. */
    static String cleanLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = cleanAt(text, i);
            if (c == ' ') {
                if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') {
                    line.append(' ');
                }
            } else if (c != 0) {
                line.append(c);
            }
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == ' ' ? line.substring(0, end - 1) : line.toString();
    }

    /** As {@link #clean} for the character at an index, dropping surrogates that have lost their other half. */
    static char cleanAt(CharSequence text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1)) ? c : 0;
        }
        if (Character.isLowSurrogate(c)) {
            return index > 0 && Character.isHighSurrogate(text.charAt(index - 1)) ? c : 0;
        }
        return clean(c);
    }
}
