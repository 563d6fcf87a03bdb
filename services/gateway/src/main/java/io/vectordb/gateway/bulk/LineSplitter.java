package io.vectordb.gateway.bulk;

import io.vectordb.common.Limits;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits arriving bytes into lines. Holds at most one line and no more than a record may have; what is longer is skipped up
 * to its end. For one thread at a time.
 */
final class LineSplitter {

    /**
     * One line.
     *
     * @param number from 1
     * @param text without the line break; empty when the line is too long
     * @param isTooLong whether it has more bytes than a record may have
     */
    record Line(long number, byte[] text, boolean isTooLong) {}

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean skipping;
    private long number;

    /** The lines that end within {@code bytes}; blank ones are counted and left out. */
    List<Line> feed(byte[] bytes) {
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i - start);
                finish(lines);
                start = i + 1;
            }
        }
        keep(bytes, start, bytes.length - start);
        return lines;
    }

    /** The last line, when it does not end with a line break. */
    List<Line> end() {
        List<Line> lines = new ArrayList<>();
        if (begun.size() > 0 || skipping) {
            finish(lines);
        }
        return lines;
    }

    private void keep(byte[] bytes, int offset, int length) {
        if (skipping || begun.size() + length > Limits.RECORD_BYTES) {
            skipping = skipping || length > 0;
            begun.reset();
        } else {
            begun.write(bytes, offset, length);
        }
    }

    private void finish(List<Line> lines) {
        number++;
        byte[] text = begun.toByteArray();
        if (skipping) {
            lines.add(new Line(number, new byte[0], true));
        } else if (!isBlank(text)) {
            lines.add(new Line(number, text, false));
        }
        begun.reset();
        skipping = false;
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
