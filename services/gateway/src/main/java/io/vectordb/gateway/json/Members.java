package io.vectordb.gateway.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The members of a message in JSON, by name. */
final class Members {

    private static final Map<Descriptor, Members> ALL = new ConcurrentHashMap<>();

    private final Map<String, FieldDescriptor> byName;
    private final List<String> names;
    private final String title;

    private Members(Descriptor type) {
        byName = type.getFields().stream()
                .collect(Collectors.toUnmodifiableMap(FieldDescriptor::getName, Function.identity()));
        names = type.getFields().stream().map(FieldDescriptor::getName).toList();
        title = title(type);
    }

    static Members of(Descriptor type) {
        return ALL.computeIfAbsent(type, Members::new);
    }

    @Nullable
    FieldDescriptor find(String name) {
        return byName.get(name);
    }

    /** In the order of the proto file. */
    List<String> names() {
        return names;
    }

    /** What a client calls the message: {@code Search} for {@code SearchRequest}. */
    String title() {
        return title;
    }

    private static String title(Descriptor type) {
        String name = type.getName();
        return name.endsWith("Request") ? name.substring(0, name.length() - "Request".length()) : name;
    }
}
