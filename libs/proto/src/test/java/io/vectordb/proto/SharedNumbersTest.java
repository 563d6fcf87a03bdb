package io.vectordb.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Field numbers 30 to 33 and 40 to 49 mean the same in every message. */
class SharedNumbersTest {

    private static final Map<Integer, List<String>> MEANINGS = Map.ofEntries(
            Map.entry(30, List.of("filter: string")),
            Map.entry(31, List.of("filter_tree: vectordb.v1.Condition")),
            Map.entry(32, List.of("params: repeated vectordb.v1.Value")),
            Map.entry(33, List.of("named_params: map of vectordb.v1.Value")),
            Map.entry(40, List.of("consistency: vectordb.v1.Consistency")),
            Map.entry(41, List.of("timeout: google.protobuf.Duration")),
            Map.entry(42, List.of("allow_partial: boolean")),
            Map.entry(43, List.of("request_id: string")),
            Map.entry(44, List.of("as_of: vectordb.v1.AsOf")),
            Map.entry(46, List.of("limit: int")),
            Map.entry(47, List.of("cursor: string", "next_cursor: string")),
            Map.entry(48, List.of("token: string")),
            Map.entry(49, List.of("coverage: vectordb.v1.Coverage")));

    @Test
    void numbersFromThirtyOnMeanTheSameInEveryMessage() {
        List<FieldDescriptor> shared = PublicApi.fields().stream()
                .filter(field -> field.getNumber() >= 30)
                .toList();

        assertThat(shared)
                .hasSizeGreaterThan(100)
                .allSatisfy(field -> assertThat(MEANINGS.getOrDefault(field.getNumber(), List.of()))
                        .as("%s = %d", PublicApi.path(field.getFullName()), field.getNumber())
                        .contains(describe(field)));
    }

    @Test
    void cursorIsOfRequestsAndNextCursorOfAnswers() {
        assertThat(PublicApi.fields()).allSatisfy(field -> {
            if (field.getNumber() == 47) {
                boolean ofRequest = field.getContainingType().getName().endsWith("Request");
                assertThat(field.getName()).as(field.getFullName()).isEqualTo(ofRequest ? "cursor" : "next_cursor");
            }
        });
    }

    @Test
    void everySharedNumberIsInUse() {
        assertThat(PublicApi.fields().stream().map(FieldDescriptor::getNumber)).containsAll(MEANINGS.keySet());
    }

    private static String describe(FieldDescriptor field) {
        return field.getName() + ": " + type(field);
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map of " + type(field.getMessageType().findFieldByName("value"));
        }
        String type = field.getJavaType() == JavaType.MESSAGE
                ? field.getMessageType().getFullName()
                : field.getJavaType().name().toLowerCase(Locale.ROOT);
        return field.isRepeated() ? "repeated " + type : type;
    }
}
