package io.vectordb.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Names are safe in the languages that clients are written in. */
class NamesTest {

    private static final Set<String> RESERVED = words("""
            abstract assert boolean break byte case catch char class const continue default do double else enum extends
            final finally float for goto if implements import instanceof int interface long native new package private
            protected public return short static strictfp super switch synchronized this throw throws transient try
            void volatile while true false null
            and as async await def del elif except from global in is lambda nonlocal not or pass raise with yield
            arguments debugger delete eval export function let typeof var
            chan defer fallthrough func go map range select struct type
            base bool checked decimal delegate event explicit extern fixed foreach implicit internal lock namespace
            object operator out override params readonly ref sbyte sealed sizeof stackalloc string uint ulong unchecked
            unsafe ushort using virtual
            """);

    /** Reserved somewhere and used all the same, because no other word says it. */
    private static final Set<String> ACCEPTED = words("base delete lambda operator params select type");

    @Test
    void noFieldIsAReservedWordBeyondTheAcceptedOnes() {
        Set<String> used = PublicApi.fields().stream()
                .map(FieldDescriptor::getName)
                .filter(RESERVED::contains)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).isEqualTo(ACCEPTED);
    }

    @Test
    void fieldNamesAreSnakeCase() {
        assertThat(PublicApi.fields())
                .allSatisfy(field -> assertThat(field.getName()).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
    }

    @Test
    void noMessageIsNamedListOrError() {
        assertThat(PublicApi.messages().stream().map(Descriptor::getName)).doesNotContain("List", "Error");
    }

    @Test
    void theZeroValueOfEveryEnumIsUnspecified() {
        assertThat(PublicApi.enums()).hasSizeGreaterThan(20).allSatisfy(type -> {
            String expected =
                    type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
            assertThat(type.findValueByNumber(0)).as(type.getFullName()).isNotNull();
            assertThat(type.findValueByNumber(0).getName()).isEqualTo(expected + "_UNSPECIFIED");
        });
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(Set.of(text.strip().split("\\s+")));
    }
}
