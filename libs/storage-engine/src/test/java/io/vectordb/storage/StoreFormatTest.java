package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.BuildClaim;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.schema.RecordKeys;
import io.vectordb.storage.StoreFormat.Change;
import io.vectordb.storage.StoreFormat.FeedFloor;
import io.vectordb.storage.StoreFormat.Seal;
import io.vectordb.storage.StoreFormat.StoreState;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes are a promise to stores on disk: a change here needs a new version of the format. */
class StoreFormatTest {

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void rowPrefixesAreAsWritten() {
        assertThat(hex(Keys.prefix(258, Ops.key("a\0b")))).isEqualTo("0102" + "02" + "6100ff62" + "0001");
        assertThat(hex(Keys.prefix(1, RecordKeys.ofInt(5)))).isEqualTo("0001" + "01" + "8000000000000005");
        assertThatThrownBy(() -> Keys.prefix(65_536, Ops.key("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rowPrefixesKeepTheOrderOfKeysAndNoneBeginsAnother() {
        List<RecordKey> keys = new ArrayList<>();
        for (long number : new long[] {Long.MIN_VALUE, -256, -1, 0, 1, 255, 256, 1L << 56, Long.MAX_VALUE}) {
            keys.add(RecordKeys.ofInt(number));
        }
        for (String text : List.of(
                "",
                "\0",
                "\0\0",
                "\0\1",
                "\1",
                "a",
                "a\0",
                "a\0\0",
                "a\0b",
                "a\1",
                "ab",
                "abcdef\0\1",
                "b",
                "é",
                "日本",
                "😀")) {
            keys.add(Ops.key(text));
        }
        assertThat(keys).isSortedAccordingTo(RecordKeys.ORDER);
        for (int i = 0; i < keys.size(); i++) {
            byte[] one = Keys.prefix(7, keys.get(i));
            assertThat(Keys.key(one)).isEqualTo(keys.get(i));
            for (int j = i + 1; j < keys.size(); j++) {
                byte[] other = Keys.prefix(7, keys.get(j));
                assertThat(Arrays.compareUnsigned(one, other)).isNegative();
                assertThat(hex(other)).doesNotStartWith(hex(one));
            }
        }
    }

    @Test
    void rowKeysPutTheNewestVersionFirst() {
        byte[] prefix = {1, 2};
        assertThat(hex(StoreFormat.rowKey(prefix, 0x0102030405060708L))).isEqualTo("0102" + "fefdfcfbfaf9f8f7");
        assertThat(StoreFormat.seqOf(StoreFormat.rowKey(prefix, 77))).isEqualTo(77);
        assertThat(Arrays.compareUnsigned(StoreFormat.rowKey(prefix, 8), StoreFormat.rowKey(prefix, 7)))
                .isNegative();
        assertThat(Arrays.compareUnsigned(StoreFormat.rowKey(prefix, 0), StoreFormat.behind(prefix)))
                .isNegative();
    }

    @Test
    void valuesAreAsWritten() {
        Fields two = Fields.newBuilder()
                .putValues("b", Ops.text("2"))
                .putValues("a", Ops.text("1"))
                .build();
        StoredRecord stored = StoredRecord.newBuilder()
                .setSchemaVersion(3)
                .setUpdateTimeMicros(9)
                .setFields(two)
                .build();
        byte[] row = StoreFormat.value(stored);
        assertThat(hex(row))
                .isEqualTo("0101" + "0803" + "1009" + "1a14" + "0a08" + "0a0161" + "12032a0131" + "0a08" + "0a0162"
                        + "12032a0132");
        assertThat(StoreFormat.isTombstone(row)).isFalse();
        assertThat(StoreFormat.stored(row)).isEqualTo(stored);
        assertThat(hex(StoreFormat.tombstone())).isEqualTo("0102");
        assertThat(StoreFormat.isTombstone(StoreFormat.tombstone())).isTrue();
    }

    @Test
    void feedRowsAreAsWritten() {
        assertThat(hex(StoreFormat.feedKey(0x0102, 3))).isEqualTo("0000000000000102" + "00000003");
        byte[] value = StoreFormat.feedValue(new Change(new byte[] {7, 8}, true, 0x0101));
        assertThat(hex(value)).isEqualTo("0102" + "0000000000000101" + "0708");
        assertThat(StoreFormat.feedRow(value)).isInstanceOfSatisfying(Change.class, row -> {
            assertThat(row.prefix()).containsExactly(7, 8);
            assertThat(row.deleted()).isTrue();
            assertThat(row.superseded()).isEqualTo(0x0101);
        });
        assertThat(hex(StoreFormat.feedValue(new Seal()))).isEqualTo("0103");
        assertThat(StoreFormat.feedRow(new byte[] {1, 3})).isEqualTo(new Seal());
    }

    @Test
    void systemRowsAreAsWritten() {
        ShardIdentity identity = new ShardIdentity("ab", 5);
        assertThat(hex(StoreFormat.identity(identity))).isEqualTo("01" + "0000000000000005" + "6162");
        assertThat(StoreFormat.identity(StoreFormat.identity(identity))).isEqualTo(identity);

        StoreState state = new StoreState(new AppliedPosition(1, 2), 3, 4, 5, 6, 7);
        assertThat(hex(state.encode()))
                .isEqualTo("0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
                        + "0000000000000005" + "0000000000000006" + "0000000000000007");
        assertThat(StoreState.decode(state.encode())).isEqualTo(state);

        FeedFloor floor = new FeedFloor(1, 2);
        assertThat(hex(floor.encode())).isEqualTo("0000000000000001" + "0000000000000002");
        assertThat(FeedFloor.decode(floor.encode())).isEqualTo(floor);

        assertThat(hex(StoreFormat.segmentsKey())).isEqualTo("03");
        ShardSegments segments = ShardSegments.newBuilder()
                .setGeneration(1)
                .addSegments(PublishedSegment.newBuilder().setId("a").setToSeq(3))
                .setSealedSeq(4)
                .setClaim(BuildClaim.newBuilder().setBuilder("b").setEpoch(2))
                .build();
        assertThat(hex(StoreFormat.canonical(segments)))
                .isEqualTo("0801" + "1205" + "0a0161" + "1803" + "1804" + "2205" + "0a0162" + "1002");
        assertThat(StoreFormat.segments(StoreFormat.canonical(segments))).isEqualTo(segments);
        assertThat(StoreFormat.segments(null)).isEqualTo(ShardSegments.getDefaultInstance());

        assertThat(hex(StoreFormat.requestKey("r"))).isEqualTo("1072");
        assertThat(hex(StoreFormat.requestValue(1, new byte[] {9}, new byte[] {8})))
                .isEqualTo("0000000000000001" + "00000001" + "09" + "08");
        byte[] timeKey = StoreFormat.requestTimeKey(2, "r");
        assertThat(hex(timeKey)).isEqualTo("11" + "0000000000000002" + "72");
        assertThat(StoreFormat.microsOf(timeKey)).isEqualTo(2);
        assertThat(StoreFormat.requestIdOf(timeKey)).isEqualTo("r");
    }

    @Test
    void whatIsNotOursIsNotRead() {
        for (byte[] row : new byte[][] {{}, {1}, {2, 1}, {1, 3}}) {
            assertThatThrownBy(() -> StoreFormat.isTombstone(row)).isInstanceOf(StorageException.class);
        }
        for (byte[] row : new byte[][] {{}, {1}, {2, 1}, {1, 4}}) {
            assertThatThrownBy(() -> StoreFormat.feedRow(row)).isInstanceOf(StorageException.class);
        }
        assertThatThrownBy(() -> StoreFormat.segments(new byte[] {0x08})).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> StoreFormat.stored(new byte[] {1, 1, 0x08})).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> StoreFormat.identity(new byte[] {2})).isInstanceOf(StorageException.class);
        assertThat(ByteString.copyFrom(StoreFormat.identityKey())).hasSize(1);
    }
}
