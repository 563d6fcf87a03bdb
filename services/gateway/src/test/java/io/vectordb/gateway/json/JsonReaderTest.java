package io.vectordb.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.Select;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteOp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @SuppressWarnings("unchecked")
    private static <M extends Message> M read(String json, M prototype) {
        Message.Builder builder = prototype.newBuilderForType();
        JsonReader.merge(json.getBytes(StandardCharsets.UTF_8), builder);
        return (M) builder.build();
    }

    private static SearchRequest search(String json) {
        return read(json, SearchRequest.getDefaultInstance());
    }

    private static Value field(String json) {
        return read("{\"f\": " + json + "}", Fields.getDefaultInstance()).getValuesOrThrow("f");
    }

    private static void refuses(String json, Message prototype, ErrorCode code, String path) {
        assertThatThrownBy(() -> read(json, prototype))
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.violations())
                            .singleElement()
                            .satisfies(v -> assertThat(v.path()).isEqualTo(path));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"strong", "STRONG", "Strong", "LEVEL_STRONG", "level_strong"})
    void enumsAreReadInAnyCaseWithAndWithoutPrefix(String name) {
        assertThat(search("{\"consistency\": {\"level\": \"" + name + "\"}}")
                        .getConsistency()
                        .getLevel())
                .isEqualTo(Consistency.Level.STRONG);
    }

    @Test
    void enumsThatCarryTheirPrefixAreReadWithoutIt() {
        UpsertRequest request = read("{\"mode\": \"skip_failed\"}", UpsertRequest.getDefaultInstance());
        assertThat(request.getMode()).isEqualTo(BatchMode.BATCH_MODE_SKIP_FAILED);
    }

    @Test
    void enumsThatDoNotExistAreRefusedWithTheChoices() {
        assertThatThrownBy(() -> search("{\"consistency\": {\"level\": \"stong\"}}"))
                .hasMessageContaining("consistency.level: expected one of strong, bounded, session, eventual");
    }

    @ParameterizedTest
    @CsvSource({"500ms,0,500000000", "0.012s,0,12000000", "5m,300,0", "1h,3600,0", "1.5h,5400,0", "-1s,-1,0"})
    void durationsAreReadInSeveralUnits(String text, long seconds, int nanos) {
        assertThat(search("{\"timeout\": \"" + text + "\"}").getTimeout())
                .isEqualTo(Duration.newBuilder()
                        .setSeconds(seconds)
                        .setNanos(nanos)
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5\"", "\"5 s\"", "\"1d\"", "5", "\"\"", "\"999999999999h\""})
    void durationsOfAnotherFormAreRefused(String json) {
        refuses("{\"timeout\": " + json + "}", SearchRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, "timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740993", "\"9007199254740993\""})
    void int64IsReadAsNumberOrDigits(String json) {
        assertThat(read("{\"if_seq\": " + json + "}", WriteOp.getDefaultInstance())
                        .getIfSeq())
                .isEqualTo(9007199254740993L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e3", "9223372036854775808", "\"x\"", "true", "\"\"", "null"})
    void int64OfAnotherFormIsRefused(String json) {
        refuses("{\"if_seq\": " + json + "}", WriteOp.getDefaultInstance(), ErrorCode.INVALID_VALUE, "if_seq");
    }

    @Test
    void valuesArePlainAndNumbersKeepTheirDigits() {
        assertThat(field("12")).isEqualTo(Value.newBuilder().setIntValue(12).build());
        assertThat(field("-9223372036854775808").getIntValue()).isEqualTo(Long.MIN_VALUE);
        assertThat(field("9223372036854775808").getDecimalValue()).isEqualTo("9223372036854775808");
        assertThat(field("1.50").getDecimalValue()).isEqualTo("1.50");
        assertThat(field("-0.0").getDecimalValue()).isEqualTo("-0.0");
        assertThat(field("1.5e3").getDecimalValue()).isEqualTo("1500");
        assertThat(field("1E-2").getDecimalValue()).isEqualTo("0.01");
        assertThat(field("\"12\"").getStringValue()).isEqualTo("12");
        assertThat(field("null").getKindCase()).isEqualTo(Value.KindCase.NULL_VALUE);
        assertThat(field("true").getBoolValue()).isTrue();
        assertThat(field("[1]").getListValue())
                .isEqualTo(ListValue.newBuilder().addItems(field("1")).build());
        assertThat(field("{\"float32_le\": \"AACAPw==\"}").getKindCase()).isEqualTo(Value.KindCase.OBJECT_VALUE);
    }

    @Test
    void numbersBeyondEveryTypeAreRefused() {
        refuses("{\"f\": 1e999999999}", Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "f");
        refuses("{\"f\": 1e99999999999}", Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "f");
    }

    @Test
    void keysAreTextIntegersOrArrays() {
        GetRequest request = read("{\"keys\": [\"a\", 42, [\"x\", 7]]}", GetRequest.getDefaultInstance());
        assertThat(request.getKeys(0).getStringKey()).isEqualTo("a");
        assertThat(request.getKeys(1).getIntKey()).isEqualTo(42);
        assertThat(request.getKeys(2).getComposite().getItems(1).getIntValue()).isEqualTo(7);
        refuses("{\"keys\": [4.5]}", GetRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, "keys.0");
        refuses("{\"keys\": [null]}", GetRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, "keys.0");
    }

    @Test
    void vectorsAreArraysOrBytes() {
        assertThat(search("{\"query\": {\"nearest\": {\"vector\": [0.1, 2]}}}")
                        .getQuery()
                        .getNearest()
                        .getVector()
                        .getFloats()
                        .getValuesList())
                .containsExactly(0.1f, 2f);
        assertThat(search("{\"query\": {\"nearest\": {\"vector\": {\"float32_le\": \"AACAPw==\"}}}}")
                        .getQuery()
                        .getNearest()
                        .getVector()
                        .getFloat32Le())
                .isEqualTo(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f}));
        assertThat(search("{\"query\": {\"nearest\": {\"vector\": [[1, 2], [3, 4]]}}}")
                        .getQuery()
                        .getNearest()
                        .getVector()
                        .getMulti()
                        .getDim())
                .isEqualTo(2);
        refuses(
                "{\"query\": {\"nearest\": {\"vector\": [[1, 2], [3]]}}}",
                SearchRequest.getDefaultInstance(),
                ErrorCode.DIMENSION_MISMATCH,
                "query.nearest.vector.1");
        refuses(
                "{\"query\": {\"nearest\": {\"vector\": [1, 1e39]}}}",
                SearchRequest.getDefaultInstance(),
                ErrorCode.NON_FINITE_VECTOR,
                "query.nearest.vector.1");
    }

    @Test
    void selectionsAreArraysOrObjects() {
        Select expected = Select.newBuilder().addInclude("a").addInclude("b.c").build();
        assertThat(search("{\"select\": [\"a\", \"b.c\"]}").getSelect()).isEqualTo(expected);
        assertThat(search("{\"select\": {\"include\": [\"a\", \"b.c\"]}}").getSelect())
                .isEqualTo(expected);
    }

    @Test
    void unknownMembersAreRefusedWithWhatWasProbablyMeant() {
        assertThatThrownBy(() -> search("{\"limit\": 3}"))
                .hasMessage("Search has no member limit")
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> assertThat(e.violations().getFirst().hint()).isEqualTo("did you mean k?"));
        assertThatThrownBy(() -> search("{\"query\": {\"nearest\": {\"efSearch\": 3}}}"))
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> {
                    assertThat(e.violations().getFirst().hint()).isEqualTo("did you mean ef_search?");
                    assertThat(e.violations().getFirst().path()).isEqualTo("query.nearest.efSearch");
                });
    }

    @Test
    void repeatedMembersAreRefused() {
        refuses("{\"k\": 1, \"k\": 2}", SearchRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, "k");
        refuses("{\"a\": 1, \"a\": 2}", Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "a");
        refuses(
                "{\"named_params\": {\"a\": 1, \"a\": 2}}",
                SearchRequest.getDefaultInstance(),
                ErrorCode.INVALID_VALUE,
                "named_params.a");
    }

    @Test
    void membersThatExcludeEachOtherAreRefused() {
        refuses(
                "{\"query\": {\"nearest\": {\"text\": \"a\", \"vector\": [1]}}}",
                SearchRequest.getDefaultInstance(),
                ErrorCode.INVALID_VALUE,
                "query.nearest.vector");
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter", "k", "select", "params", "query"})
    void nullIsRefusedForAllButValues(String member) {
        refuses("{\"" + member + "\": null}", SearchRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, member);
    }

    @Test
    void nullIsAValueAndAParameter() {
        assertThat(search("{\"params\": [null]}").getParams(0).getKindCase()).isEqualTo(Value.KindCase.NULL_VALUE);
    }

    @Test
    void halfSurrogatesAreRefused() {
        refuses("{\"f\": \"\\ud800\"}", Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "f");
        refuses("{\"f\": \"\\udc00\\ud800\"}", Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "f");
        assertThat(field("\"\\ud83d\\ude00\"").getStringValue()).isEqualTo("😀");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}}",
                "{} {}",
                "{\"k\": }",
                "{\"k\": NaN}",
                "{\"k\": 01}",
                "{k: 1}",
                "{\"k\": 1,}",
                "{'k': 1}",
                "{\"filter\": \"\n\"}",
                "nul",
                "{\"f\": Infinity}",
                "// c\n{}"
            })
    void whatIsNotJsonIsMalformed(String json) {
        assertThatThrownBy(() -> search(json))
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_JSON));
    }

    @Test
    void malformedTextIsPlacedInCodePoints() {
        assertThatThrownBy(() -> search("{\n \"filter\": \"é😀\" x}"))
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> {
                    assertThat(e.getMessage()).startsWith("line 2, column 17: ");
                    assertThat(e.violations().getFirst().position()).isNotNull();
                });
    }

    @Test
    void invalidUtf8IsMalformed() {
        assertThatThrownBy(() -> JsonReader.merge(
                        "{\"a\": \"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1), Fields.newBuilder()))
                .hasMessageContaining("UTF-8");
    }

    @Test
    void sixtyFourLevelsAreReadAndAThousandRefused() {
        assertThat(field("[".repeat(64) + "]".repeat(64)).hasListValue()).isTrue();
        assertThatThrownBy(() -> field("[".repeat(1000) + "]".repeat(1000)))
                .asInstanceOf(type(VectorDbException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "3", "\"x\"", "null"})
    void theWholeMustBeAnObject(String json) {
        refuses(json, SearchRequest.getDefaultInstance(), ErrorCode.INVALID_VALUE, "");
        refuses(json, Fields.getDefaultInstance(), ErrorCode.INVALID_VALUE, "");
    }
}
