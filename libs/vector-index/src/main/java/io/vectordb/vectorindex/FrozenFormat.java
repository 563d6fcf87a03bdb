package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The file of a {@link FrozenVectorIndex}. All numbers are little-endian; every section begins at a multiple of 4,096
 * bytes and is followed by at least 64 bytes of zeros.
 *
 * <pre>
 * header, 4,096 bytes
 *   0    8  magic "VDBVECTR"
 *   8    4  version, 1
 *  12    4  CRC-32C of bytes 16..4095
 *  16    8  length of the file
 *  24    4  metric: 0 cosine, 1 inner product, 2 Euclidean
 *  28    4  dimension
 *  32    4  nodes
 *  36    4  lists of upper levels
 *  40    8  entry point (low 32 bits) and its level, or -1
 *  48    4  m
 *  52    4  ef_construction
 *  56    8  seed of the levels
 *  64    8  greatest norm of a vector, float64
 *  72    4  bits of a code per component: 0 (no codes), 1, 4 or 8
 *  76    4  encoding of vectors: 0 float32, 1 float16, 2 bfloat16
 *  80    4  bytes of the record of a code
 *  84    4  points of the recall curve
 *  88    8  zero
 *  96  192  per section: offset (8), length (8), CRC-32C (4), zero (4); in the order of {@link Section}
 * sections
 *   CENTROID       float32 per component: what codes are relative to
 *   NODES          per node 16 bytes: ordinal (4), number of its list of level 1 among the upper lists (4), next of the
 *                  nodes with an equal vector or -1 (4), state 0 (1), level (1), 1 where it is such a next one and
 *                  has no links (1), zero (1)
 *   LEVEL_0        per node 2 * m int32: its neighbours, then -1
 *   UPPER          per node and level above 0, in the order of nodes and levels, m int32: its neighbours, then -1
 *   CODES          per node the record that Quantizer describes
 *   VECTORS        per node the components in the encoding, padded with zeros to 64 bytes from 16 components on
 *   INVERSE_NORMS  under cosine per node a float32: the inverse of the norm, 0 where that is out of range
 *   RECALL         per point ef_search (4), k (4), mean recall (8)
 * </pre>
 *
 * <p>A change of any of this is a new version; readers refuse versions that they do not know.
 */
final class FrozenFormat {

    static final long MAGIC = 0x5254_4345_5642_4456L;
    static final int VERSION = 1;
    static final int HEADER_BYTES = 4096;
    static final int ALIGNMENT = 4096;
    static final int SLACK_BYTES = 64;

    static final int CHECKSUM_AT = 12;
    static final int CHECKED_FROM = 16;
    static final int SECTIONS_AT = 96;
    static final int SECTION_BYTES = 24;
    static final int RECALL_POINT_BYTES = 16;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long CHECKSUM_STEP = 1 << 30;

    private FrozenFormat() {}

    /** The parts of a file, in their order in it. */
    enum Section {
        CENTROID,
        NODES,
        LEVEL_0,
        UPPER,
        CODES,
        VECTORS,
        INVERSE_NORMS,
        RECALL
    }

    static long sectionOffset(MemorySegment header, Section section) {
        return header.get(LONG, SECTIONS_AT + (long) section.ordinal() * SECTION_BYTES);
    }

    static long sectionBytes(MemorySegment header, Section section) {
        return header.get(LONG, SECTIONS_AT + (long) section.ordinal() * SECTION_BYTES + 8);
    }

    static int sectionChecksum(MemorySegment header, Section section) {
        return header.get(INT, SECTIONS_AT + (long) section.ordinal() * SECTION_BYTES + 16);
    }

    static void setSection(MemorySegment header, Section section, long offset, long bytes, int checksum) {
        long at = SECTIONS_AT + (long) section.ordinal() * SECTION_BYTES;
        header.set(LONG, at, offset);
        header.set(LONG, at + 8, bytes);
        header.set(INT, at + 16, checksum);
    }

    static int checksum(MemorySegment bytes) {
        CRC32C checksum = new CRC32C();
        for (long at = 0; at < bytes.byteSize(); at += CHECKSUM_STEP) {
            long step = Math.min(CHECKSUM_STEP, bytes.byteSize() - at);
            checksum.update(bytes.asSlice(at, step).asByteBuffer());
        }
        return (int) checksum.getValue();
    }

    static VectorDbException corrupt(Path file, String part, String reason) {
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "the " + part + " of " + file + " cannot be used: " + reason,
                Map.of("file", file.toString(), "section", part));
    }
}
