package io.vectordb.coordinator;

import io.vectordb.common.Limits;
import io.vectordb.embedding.Embedder;
import io.vectordb.v1.GetInfoResponse;
import io.vectordb.v1.Model;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server says about itself. */
final class ServerInfo {

    private static final List<String> FEATURES = List.of(
            "collections.document", "records.batch", "records.bulk", "records.conditions", "search.nearest", "embed");

    private static final Map<String, Long> LIMITS = Map.ofEntries(
            Map.entry("request_bytes", (long) Limits.REQUEST_BYTES),
            Map.entry("response_bytes", (long) Limits.RESPONSE_BYTES),
            Map.entry("batch_items", (long) Limits.BATCH_ITEMS),
            Map.entry("atomic_bytes", (long) Limits.ENTRY_BYTES),
            Map.entry("record_bytes", (long) Limits.RECORD_BYTES),
            Map.entry("key_bytes", (long) Limits.KEY_BYTES),
            Map.entry("keyword_bytes", (long) Limits.KEYWORD_BYTES),
            Map.entry("text_bytes", (long) Limits.TEXT_BYTES),
            Map.entry("vector_dimensions", (long) Limits.VECTOR_DIMENSIONS),
            Map.entry("fields", (long) Limits.FIELDS),
            Map.entry("nesting", (long) Limits.NESTING),
            Map.entry("k", (long) Limits.K),
            Map.entry("ef_search", (long) Limits.EF_SEARCH),
            Map.entry("page", (long) Limits.PAGE),
            Map.entry("request_id_bytes", (long) Limits.REQUEST_ID_BYTES),
            Map.entry("filter_bytes", (long) Limits.FILTER_BYTES),
            Map.entry("filter_depth", (long) Limits.FILTER_DEPTH),
            Map.entry("filter_nodes", (long) Limits.FILTER_NODES),
            Map.entry("in_values", (long) Limits.IN_VALUES),
            Map.entry("parameter_values", (long) Limits.PARAMETER_VALUES));

    private ServerInfo() {}

    static GetInfoResponse of(Catalog catalog, Embedder embedder) {
        GetInfoResponse.Builder info = GetInfoResponse.newBuilder()
                .setVersion(Optional.ofNullable(ServerInfo.class.getPackage().getImplementationVersion())
                        .orElse("development"))
                .setClusterId(catalog.state().getClusterId())
                .addAllFeatures(FEATURES)
                .putAllLimits(LIMITS);
        for (Embedder.ModelInfo model : embedder.models()) {
            info.addModels(Model.newBuilder()
                    .setName(model.name())
                    .setDim(model.dimension())
                    .setMaxTokens(model.maxTokens()));
        }
        return info.build();
    }
}
