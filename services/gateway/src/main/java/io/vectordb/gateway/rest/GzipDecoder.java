package io.vectordb.gateway.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip (RFC 1952) as it arrives: any number of members one after another, checksums verified. The JDK's own stream
 * blocks, and Netty's decoder does not tell whether the last member was whole. For one thread at a time.
 */
final class GzipDecoder implements AutoCloseable {

    private static final int PIECE_BYTES = 16 << 10;
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final ByteArrayOutputStream framing = new ByteArrayOutputStream();
    private final byte[] piece = new byte[PIECE_BYTES];
    private Part part = Part.HEADER;
    private boolean hasMember;

    private enum Part {
        HEADER,
        DATA,
        TRAILER
    }

    /** Unpacks what has arrived into pieces of at most 16 KB. */
    void feed(byte[] input, Consumer<byte[]> output) throws DataFormatException {
        int at = 0;
        while (at < input.length) {
            switch (part) {
                case HEADER -> {
                    framing.write(input[at++]);
                    if (isHeaderWhole(framing.toByteArray())) {
                        begin(Part.DATA);
                    }
                }
                case DATA -> {
                    inflater.setInput(input, at, input.length - at);
                    inflate(output);
                    at = input.length - inflater.getRemaining();
                }
                case TRAILER -> {
                    framing.write(input[at++]);
                    if (framing.size() == TRAILER_BYTES) {
                        verify(framing.toByteArray());
                        begin(Part.HEADER);
                    }
                }
            }
        }
    }

    /** Whether what has arrived ends where a member ends. */
    boolean isWhole() {
        return hasMember && part == Part.HEADER && framing.size() == 0;
    }

    @Override
    public void close() {
        inflater.end();
    }

    private void begin(Part next) {
        part = next;
        framing.reset();
        if (next == Part.HEADER) {
            hasMember = true;
            inflater.reset();
            checksum.reset();
        }
    }

    private void inflate(Consumer<byte[]> output) throws DataFormatException {
        while (!inflater.needsInput() || !inflater.finished()) {
            int length = inflater.inflate(piece);
            if (length > 0) {
                checksum.update(piece, 0, length);
                output.accept(Arrays.copyOf(piece, length));
            }
            if (inflater.finished()) {
                begin(Part.TRAILER);
                return;
            }
            if (inflater.needsDictionary()) {
                throw new DataFormatException("it asks for a dictionary");
            }
            if (length == 0 && inflater.needsInput()) {
                return;
            }
        }
    }

    private void verify(byte[] trailer) throws DataFormatException {
        ByteBuffer read = ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN);
        if (Integer.toUnsignedLong(read.getInt()) != checksum.getValue()
                || read.getInt() != (int) inflater.getBytesWritten()) {
            throw new DataFormatException("its checksum is wrong");
        }
    }

    private static boolean isHeaderWhole(byte[] header) throws DataFormatException {
        if (header.length < FIXED_HEADER_BYTES) {
            return false;
        }
        if (header[0] != 0x1f || header[1] != (byte) 0x8b || header[2] != 8) {
            throw new DataFormatException("it does not begin as gzip does");
        }
        int flags = header[3];
        int length = FIXED_HEADER_BYTES;
        if ((flags & HAS_EXTRA) != 0) {
            if (header.length < length + 2) {
                return false;
            }
            length += 2 + (header[length] & 0xff) + ((header[length + 1] & 0xff) << 8);
        }
        for (int text : new int[] {HAS_NAME, HAS_COMMENT}) {
            if ((flags & text) != 0) {
                while (length < header.length && header[length] != 0) {
                    length++;
                }
                length++;
            }
        }
        length += (flags & HAS_CHECKSUM) != 0 ? 2 : 0;
        return header.length >= length;
    }
}
