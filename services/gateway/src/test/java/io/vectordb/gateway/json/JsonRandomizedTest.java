package io.vectordb.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.RandomMessages;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.RpcCatalogue;
import io.vectordb.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonRandomizedTest {

    private static final List<Message> TYPES = new RpcCatalogue()
            .rpcs().stream()
                    .flatMap((Rpc rpc) -> Stream.of(rpc.request(), rpc.response()))
                    .toList();

    @Test
    void everyMessageReadsBackAsItWasWritten() {
        RandomMessages messages = new RandomMessages(Seeds.random(JsonRandomizedTest.class));
        for (int i = 0; i < 20; i++) {
            for (Message type : TYPES) {
                Message message = messages.fill(type.newBuilderForType());
                for (JsonWriter writer : List.of(JsonWriter.NUMBERS, JsonWriter.STRINGS)) {
                    byte[] json = writer.write(message);
                    Message.Builder read = type.newBuilderForType();
                    JsonReader.merge(json, read);
                    String again = new String(writer.write(read.build()), StandardCharsets.UTF_8);
                    assertThat(again).isEqualTo(new String(json, StandardCharsets.UTF_8));
                    if (writer == JsonWriter.NUMBERS) {
                        assertThat(read.build()).isEqualTo(message);
                    }
                }
            }
        }
    }

    @Test
    void damagedTextIsRefusedWithACodeOrReadButNeverFailsOtherwise() {
        RandomMessages messages = new RandomMessages(Seeds.random(JsonRandomizedTest.class));
        Random random = messages.random();
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            Message type = TYPES.get(random.nextInt(TYPES.size()));
            byte[] json = JsonWriter.NUMBERS.write(messages.fill(type.newBuilderForType()));
            damage(json, random);
            byte[] cut = random.nextInt(4) == 0 ? java.util.Arrays.copyOf(json, random.nextInt(json.length + 1)) : json;
            try {
                JsonReader.merge(cut, type.newBuilderForType());
            } catch (VectorDbException e) {
                refused++;
                assertThat(e.code())
                        .isIn(
                                ErrorCode.MALFORMED_JSON,
                                ErrorCode.UNKNOWN_MEMBER,
                                ErrorCode.INVALID_VALUE,
                                ErrorCode.LIMIT_EXCEEDED,
                                ErrorCode.DIMENSION_MISMATCH,
                                ErrorCode.NON_FINITE_VECTOR);
            }
        }
        assertThat(refused).isPositive();
    }

    private static void damage(byte[] json, Random random) {
        for (int i = random.nextInt(4); i > 0 && json.length > 0; i--) {
            byte[] alphabet = "{}[]\",:0123456789eE.-truefalsn\\u \n\u00ff".getBytes(StandardCharsets.ISO_8859_1);
            json[random.nextInt(json.length)] = alphabet[random.nextInt(alphabet.length)];
        }
    }
}
