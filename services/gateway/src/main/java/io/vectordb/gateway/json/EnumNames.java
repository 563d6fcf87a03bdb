package io.vectordb.gateway.json;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The names of enum values in JSON: lower case, without the prefix of their type; any case is read, prefix or not. */
public final class EnumNames {

    private static final Map<EnumDescriptor, EnumNames> ALL = new ConcurrentHashMap<>();

    private final String prefix;
    private final Map<String, EnumValueDescriptor> byName;
    private final List<String> choices;

    private EnumNames(EnumDescriptor type) {
        prefix = type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
        byName = type.getValues().stream()
                .collect(Collectors.toUnmodifiableMap(value -> unprefixed(value.getName()), Function.identity()));
        choices = type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(this::name)
                .toList();
    }

    /** The names of an enum. */
    public static EnumNames of(EnumDescriptor type) {
        return ALL.computeIfAbsent(type, EnumNames::new);
    }

    /** The value of a name as a client writes it, if there is one. */
    public @Nullable EnumValueDescriptor find(String text) {
        return byName.get(unprefixed(text.toUpperCase(Locale.ROOT)));
    }

    /** The name of a value; of one that this build does not know: its number. */
    public String name(EnumValueDescriptor value) {
        if (value.getIndex() < 0) {
            return Integer.toString(value.getNumber());
        }
        return unprefixed(value.getName()).toLowerCase(Locale.ROOT);
    }

    /** All names but that of the zero value, in the order of the proto file. */
    public List<String> choices() {
        return choices;
    }

    private String unprefixed(String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }
}
