package io.vectordb.schema;

import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.violation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatchesTest {

    private static PathValue set(Value value, String... path) {
        return PathValue.newBuilder().addAllPath(List.of(path)).setValue(value).build();
    }

    private static FieldPath unset(String... path) {
        return FieldPath.newBuilder().addAllNames(List.of(path)).build();
    }

    @Test
    void setsAndUnsetsWhatIsNamedAndNothingElse() {
        Fields current = fields("a", integer(1), "b", object("x", integer(2), "y", integer(3)), "c", text("c"));
        Fields patched = Patches.apply(
                current,
                List.of(set(integer(9), "a"), set(integer(8), "b", "x"), set(text("d"), "d")),
                List.of(unset("c"), unset("b", "y")));
        assertThat(patched).isEqualTo(fields("a", integer(9), "b", object("x", integer(8)), "d", text("d")));
        assertThat(current.getValuesCount()).isEqualTo(3);
    }

    @Test
    void makesTheObjectsOnTheWay() {
        Fields patched = Patches.apply(
                fields("n", nothing()),
                List.of(set(integer(1), "n", "x"), set(integer(2), "o", "p", "q"), set(integer(3), "o", "r")),
                List.of());
        assertThat(patched)
                .isEqualTo(fields(
                        "n", object("x", integer(1)), "o", object("p", object("q", integer(2)), "r", integer(3))));
    }

    @Test
    void refusesToGoThroughOtherValues() {
        Fields current = fields("o", object("t", text("x"), "l", list(object("a", integer(1)))));
        Violation violation =
                violation(() -> Patches.apply(current, List.of(set(integer(1), "o", "t", "x")), List.of()));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.path()).isEqualTo("o.t.x");
        assertThat(violation.message()).isEqualTo("o.t is the text 'x', not an object");
        assertThat(violation(() -> Patches.apply(current, List.of(set(integer(1), "o", "l", "a")), List.of()))
                        .code())
                .isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void unsettingWhatIsNotThereChangesNothing() {
        Fields current = fields("a", integer(1), "l", list(object("x", integer(1))));
        assertThat(Patches.apply(
                        current, List.of(), List.of(unset("z"), unset("a", "x"), unset("l", "x"), unset("q", "r"))))
                .isEqualTo(current);
    }

    @Test
    void replacesArraysWhole() {
        assertThat(Patches.apply(fields("l", list(integer(1), integer(2))), List.of(set(list(), "l")), List.of()))
                .isEqualTo(fields("l", list()));
    }

    @Test
    void refusesRecordsThatGrowTooLarge() {
        Fields current = fields("a", text("a".repeat(600_000)));
        assertThat(violation(() -> Patches.apply(current, List.of(set(text("b".repeat(600_000)), "b")), List.of()))
                        .code())
                .isEqualTo(ErrorCode.RECORD_TOO_LARGE);
    }

    @Test
    void resultHasTheSameBytesEveryTime() {
        Fields current = fields("b", integer(1), "a", integer(2), "c", object("z", integer(1), "y", integer(2)));
        List<PathValue> set = List.of(set(integer(5), "c", "x"), set(integer(6), "0"), set(integer(7), "a"));
        Fields reread = parsed(current);
        assertThat(Patches.apply(reread, set, List.of(unset("b"))).toByteString())
                .isEqualTo(Patches.apply(current, set, List.of(unset("b"))).toByteString());
    }

    private static Fields parsed(Fields fields) {
        try {
            return Fields.parseFrom(fields.toByteString());
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
