package io.vectordb.gateway.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.vectordb.gateway.api.PathTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route as OpenAPI describes it.
 *
 * @param httpMethod such as {@code GET}
 * @param path its template; dots in variables are left out of the description
 * @param id unique among all
 * @param tag what it is grouped under
 * @param stage from which release stage on it is served
 * @param query the query parameters
 * @param body what the body holds; null: none
 * @param bodyType its media type
 * @param answer what the answer holds; null: any object
 * @param answerType its media type
 * @param statuses of success, the usual one first
 */
public record Operation(
        String httpMethod,
        PathTemplate path,
        String id,
        String tag,
        int stage,
        List<Parameter> query,
        @Nullable Descriptor body,
        String bodyType,
        @Nullable Descriptor answer,
        String answerType,
        List<Integer> statuses) {

    /**
     * One query parameter.
     *
     * @param name of it
     * @param field the member whose type it has; null: text
     */
    public record Parameter(String name, @Nullable FieldDescriptor field) {}

    public Operation {
        query = List.copyOf(query);
        statuses = List.copyOf(statuses);
    }
}
