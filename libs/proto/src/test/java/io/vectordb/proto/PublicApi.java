package io.vectordb.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.vectordb.v1.ClusterProto;
import io.vectordb.v1.CollectionsProto;
import io.vectordb.v1.CommonProto;
import io.vectordb.v1.FilterProto;
import io.vectordb.v1.IngestProto;
import io.vectordb.v1.OperationsProto;
import io.vectordb.v1.RecordsProto;
import io.vectordb.v1.SearchProto;
import io.vectordb.v1.SqlProto;
import java.util.List;
import java.util.stream.Stream;

/** The descriptors of the package {@code vectordb.v1}, without the entry messages that protobuf makes for maps. */
final class PublicApi {

    private static final String PACKAGE = "vectordb.v1.";

    private PublicApi() {}

    static List<FileDescriptor> files() {
        return List.of(
                CommonProto.getDescriptor(),
                FilterProto.getDescriptor(),
                CollectionsProto.getDescriptor(),
                RecordsProto.getDescriptor(),
                SearchProto.getDescriptor(),
                SqlProto.getDescriptor(),
                IngestProto.getDescriptor(),
                OperationsProto.getDescriptor(),
                ClusterProto.getDescriptor());
    }

    static List<Descriptor> messages() {
        return files().stream()
                .flatMap(file -> file.getMessageTypes().stream())
                .flatMap(PublicApi::withNested)
                .toList();
    }

    static List<FieldDescriptor> fields() {
        return messages().stream()
                .flatMap(message -> message.getFields().stream())
                .toList();
    }

    static List<EnumDescriptor> enums() {
        return Stream.concat(
                        files().stream().flatMap(file -> file.getEnumTypes().stream()),
                        messages().stream().flatMap(message -> message.getEnumTypes().stream()))
                .toList();
    }

    static List<MethodDescriptor> methods() {
        return files().stream()
                .flatMap(file -> file.getServices().stream())
                .flatMap(service -> service.getMethods().stream())
                .toList();
    }

    /** A full name without the package, such as {@code SearchRequest.group_by}. */
    static String path(String fullName) {
        return fullName.substring(PACKAGE.length());
    }

    private static Stream<Descriptor> withNested(Descriptor message) {
        Stream<Descriptor> nested =
                message.getNestedTypes().stream().filter(PublicApi::isDeclared).flatMap(PublicApi::withNested);
        return Stream.concat(Stream.of(message), nested);
    }

    private static boolean isDeclared(Descriptor message) {
        DescriptorProto proto = message.toProto();
        return !proto.getOptions().getMapEntry();
    }
}
