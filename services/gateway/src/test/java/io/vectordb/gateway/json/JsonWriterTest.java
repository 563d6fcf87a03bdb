package io.vectordb.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountResponse;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Floats;
import io.vectordb.v1.GeoPoint;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.Hit;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonWriterTest {

    private static String write(Message message) {
        return new String(JsonWriter.NUMBERS.write(message), StandardCharsets.UTF_8);
    }

    @Test
    void numbersAndListsAreWrittenAndEmptyTextIsNot() {
        assertThat(write(WriteResponse.getDefaultInstance()))
                .isEqualTo("{\"succeeded\":0,\"failed\":0,\"results\":[],\"shards\":[]}");
        assertThat(write(CountResponse.newBuilder().setToken("t").build())).isEqualTo("{\"count\":0,\"token\":\"t\"}");
    }

    @Test
    void membersOfALaterStageWithoutContentAreLeftOut() {
        assertThat(write(SearchResponse.getDefaultInstance())).isEqualTo("{\"hits\":[],\"warnings\":[]}");
        assertThat(write(Hit.getDefaultInstance())).isEqualTo("{\"score\":0.0,\"seq\":0}");
    }

    @Test
    void optionalNumbersAreWrittenWhenTheyAreThere() {
        assertThat(write(WriteResult.newBuilder().setIndex(0).build())).isEqualTo("{\"index\":0}");
        assertThat(write(WriteResult.newBuilder()
                        .setSeq(0)
                        .setOutcome(WriteResult.Outcome.CREATED)
                        .setKey(RecordKey.newBuilder().setIntKey(7))
                        .build()))
                .isEqualTo("{\"index\":0,\"key\":7,\"outcome\":\"created\",\"seq\":0}");
    }

    @Test
    void int64IsAStringOnlyWhenAskedFor() {
        GetResult result = GetResult.newBuilder()
                .setKey(RecordKey.newBuilder().setIntKey(1))
                .build();
        assertThat(write(result)).isEqualTo("{\"key\":1}");
        assertThat(new String(JsonWriter.STRINGS.write(result), StandardCharsets.UTF_8))
                .isEqualTo("{\"key\":\"1\"}");
        assertThat(new String(
                        JsonWriter.STRINGS.write(
                                WriteResponse.newBuilder().setFailed(1).build()),
                        StandardCharsets.UTF_8))
                .contains("\"failed\":1");
    }

    @Test
    void enumsAreLowerCaseWithoutPrefix() {
        assertThat(write(Field.newBuilder()
                        .setIndexing(Field.Indexing.NOT_INDEXED)
                        .build()))
                .contains("\"indexing\":\"not_indexed\"");
        assertThat(write(Consistency.newBuilder().setLevelValue(99).build())).contains("\"level\":\"99\"");
    }

    @ParameterizedTest
    @CsvSource({"0,12000000,0.012s", "2,0,2s", "0,0,0s", "-1,-500000000,-1.5s", "3600,0,3600s", "0,1,0.000000001s"})
    void durationsAreSeconds(long seconds, int nanos, String text) {
        assertThat(write(SearchResponse.newBuilder()
                        .setTook(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                        .build()))
                .contains("\"took\":\"" + text + "\"");
    }

    @Test
    void valuesArePlain() {
        Fields fields = Fields.newBuilder()
                .putValues(
                        "z", Value.newBuilder().setIntValue(9007199254740993L).build())
                .putValues("f", Value.newBuilder().setFloatValue(0.1).build())
                .putValues("d", Value.newBuilder().setDecimalValue("-1234.50").build())
                .putValues("day", Value.newBuilder().setDateValue("2024-09-28").build())
                .putValues(
                        "t",
                        Value.newBuilder()
                                .setTimestampValue(Timestamp.newBuilder()
                                        .setSeconds(1727517600)
                                        .setNanos(123456000))
                                .build())
                .putValues(
                        "g",
                        Value.newBuilder()
                                .setGeoValue(GeoPoint.newBuilder().setLat(37.33).setLon(-122.01))
                                .build())
                .putValues("n", Value.newBuilder().setNullValueValue(0).build())
                .putValues(
                        "v",
                        Value.newBuilder()
                                .setVectorValue(Vector.newBuilder()
                                        .setFloats(Floats.newBuilder()
                                                .addValues(0.1f)
                                                .addValues(1e-10f)))
                                .build())
                .putValues(
                        "b",
                        Value.newBuilder()
                                .setVectorValue(Vector.newBuilder()
                                        .setFloat32Le(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f})))
                                .build())
                .build();
        assertThat(write(fields))
                .isEqualTo("{\"z\":9007199254740993,\"f\":0.1,\"d\":\"-1234.50\",\"day\":\"2024-09-28\","
                        + "\"t\":\"2024-09-28T10:00:00.123456Z\",\"g\":{\"lat\":37.33,\"lon\":-122.01},\"n\":null,"
                        + "\"v\":[0.1,1.0E-10],\"b\":{\"float32_le\":\"AACAPw==\"}}");
    }
}
